import { z } from 'zod';
import { maxStopLength, maxStops, optionRanges } from '../../conversations/options.ts';
import { conversationLimits } from '../../conversations/service.ts';
import type { EngineTool } from '../../engine/engine.ts';

const within = (schema: z.ZodNumber, [min, max]: readonly [number, number]) =>
  schema.min(min).max(max).nullish();

/** The fields that the protocols of Ollama, OpenAI and Anthropic share. Null counts as absent. */
export const temperature = within(z.number(), optionRanges.temperature).describe(
  'At 0, sampling is greedy: the same request gets the same answer.',
);
export const topP = within(z.number(), optionRanges.topP);
export const topK = z
  .int()
  .min(-1)
  .max(optionRanges.topK[1])
  .transform((value) => Math.max(value, 0))
  .nullish()
  .describe('0 or -1: no limit.');
export const minP = within(z.number(), optionRanges.minP);
export const repeatPenalty = within(z.number(), optionRanges.repeatPenalty).describe(
  'Above 1, words that the answer has already get less likely; 1: no penalty.',
);
export const repeatLastN = z
  .int()
  .min(optionRanges.repeatLastN[0])
  .max(optionRanges.repeatLastN[1])
  .nullish()
  .describe(
    'How many of the last tokens `repeat_penalty` considers; 0: none, -1: the whole context. Default 64.',
  );
export const frequencyPenalty = within(z.number(), optionRanges.frequencyPenalty);
export const presencePenalty = within(z.number(), optionRanges.presencePenalty);

const wholeNumber = z.number().refine(Number.isInteger, 'must be a whole number');

/** Clients draw seeds from 64 bits, with a sign. */
export const seed = wholeNumber.nullish().describe('Equal requests with an equal seed get equal answers.');

const seedCount = optionRanges.seed[1] + 1;

/** Returns a seed of the engine's range. */
export const foldSeed = (value: number): number => ((value % seedCount) + seedCount) % seedCount;

/** More than the maximum counts as the maximum. -1 stands for no maximum. */
export const maxTokens = z.union([z.literal(-1), wholeNumber.min(optionRanges.maxTokens[0])]).nullish();

/** Returns the maximum tokens for the engine; null: as many as fit. */
export const clampTokens = (value: number | null | undefined): number | null =>
  value === null || value === undefined || value <= 0 ? null : Math.min(value, optionRanges.maxTokens[1]);

const oneStop = z.string().max(maxStopLength);
/** Forms send empty texts for fields without a value. */
export const stops = z
  .array(oneStop)
  .max(maxStops)
  .transform((texts) => texts.filter((text) => text !== ''));
export const stopOrStops = z
  .union([oneStop.transform((text) => (text === '' ? [] : [text])), stops])
  .nullish()
  .describe('The answer ends before the first of these texts.');

/** UTF-16 units. */
export const maxToolNameLength = 200;
/** Maximum tool calls in one message. */
export const maxToolCalls = 128;
const maxToolDescriptionLength = 10_000;

/** Maximum UTF-16 units of a model's name: those that conversations store. */
export const maxModelName = conversationLimits.model;

/** A text of a list. OpenAI's own models also take token ids. `advice` ends the sentence that rejects them. */
export const textOnly = (advice = '') =>
  z.string({
    error: ({ input }) =>
      typeof input === 'number' || Array.isArray(input)
        ? `must be text: token ids of OpenAI’s models mean nothing to this one${advice}`
        : undefined,
  });

export const modelName = z.string().min(1).max(maxModelName);

export const toolFunction = z.object({
  name: z.string().min(1).max(maxToolNameLength),
  description: z.string().max(maxToolDescriptionLength).nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish().describe('A JSON Schema of an object.'),
  strict: z.boolean().nullish().describe("Has no effect: validate the call's arguments yourself."),
});

const tool = z.object({ type: z.literal('function').default('function'), function: toolFunction });

export const tools = z.array(tool).max(128).nullish();

export const toolOf = ({ name, description, parameters }: z.output<typeof toolFunction>): EngineTool => ({
  name,
  ...present({ description, parameters }),
});

/** OpenAI's maximum. */
const maxTopLogprobs = 20;

export const logprobsField = z
  .boolean()
  .nullish()
  .describe('Whether to report the log probability of each token; only for engines that have them.');

export const topLogprobs = z
  .int()
  .min(0)
  .max(maxTopLogprobs)
  .nullish()
  .describe('How many of the likeliest tokens to report for each token.');

/** A field of the protocol that isn't supported: only its neutral value, null or nothing is accepted. */
export const only = <const Neutral extends string | number | boolean>(neutral: Neutral, rule: string) =>
  z.literal(neutral, { error: rule }).nullish().describe(rule);

/** Base64 (RFC 4648, 4), also wrapped into lines (RFC 2045, 6.8). Becomes one line. */
export const base64 = (rule: string) =>
  z
    .string()
    .transform((text) => text.replace(/[\r\n\t ]+/g, ''))
    .refine(isBase64, rule)
    .meta({ contentEncoding: 'base64' });

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
