import { z } from 'zod';
import { maxStopLength, maxStops, optionRanges } from '../../conversations/options.ts';
import { conversationLimits } from '../../conversations/service.ts';
import type { EngineTool } from '../../engine/engine.ts';

const within = (schema: z.ZodNumber, [min, max]: readonly [number, number]) =>
  schema.min(min).max(max).nullish();

/** The fields that Ollama's and OpenAI's protocols share. Null counts as absent. */
export const temperature = within(z.number(), optionRanges.temperature).describe(
  'At 0, sampling is greedy: the same request gets the same answer.',
);
export const topP = within(z.number(), optionRanges.topP);
export const topK = within(z.int(), optionRanges.topK);
export const seed = within(z.int(), optionRanges.seed);

export const maxTokens = within(z.int(), optionRanges.maxTokens);

const oneStop = z.string().min(1).max(maxStopLength);
export const stops = z.array(oneStop).max(maxStops);
export const stopOrStops = z
  .union([oneStop, stops])
  .nullish()
  .describe('The answer ends before the first of these texts.');

/** UTF-16 units. */
export const maxToolNameLength = 200;
/** Maximum tool calls in one message. */
export const maxToolCalls = 128;
const maxToolDescriptionLength = 10_000;

/** A model's name, of the length that conversations store. */
export const modelName = z.string().min(1).max(conversationLimits.model);

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().min(1).max(maxToolNameLength),
    description: z.string().max(maxToolDescriptionLength).nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish().describe('A JSON Schema of an object.'),
    strict: z.boolean().nullish().describe("Has no effect: validate the call's arguments yourself."),
  }),
});

export const tools = z.array(tool).max(128).nullish();

export const toolOf = ({
  function: { name, description, parameters },
}: z.output<typeof tool>): EngineTool => ({
  name,
  ...present({ description, parameters }),
});

/** A field of the protocol that isn't supported: only its neutral value, null or nothing is accepted. */
export const only = <const Neutral extends string | number | boolean>(neutral: Neutral, rule: string) =>
  z.literal(neutral, { error: rule }).nullish().describe(rule);

/** Whether a text is base64 (RFC 4648, 4) of at least a byte. */
export const isBase64 = (text: string): boolean =>
  text !== '' && text.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(text);

/** Returns the fields whose value is neither null nor undefined. */
export const present = <Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as never;
