import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { EngineFormat } from '../../engine/engine.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput } from '../../errors/failures.ts';

/** From and to, both included. */
export const optionRanges: Record<
  'temperature' | 'topP' | 'topK' | 'maxTokens' | 'seed',
  readonly [number, number]
> = {
  temperature: [0, 2],
  topP: [0, 1],
  topK: [0, 1000],
  maxTokens: [1, 131_072],
  seed: [0, 2 ** 31 - 1],
};

export const maxStops = 16;
/** UTF-16 code units. */
export const maxStopLength = 256;

/** Throws `BAD_USER_INPUT` with the field and its range. */
export const checkOptions = (options: GenerationOptions): GenerationOptions => {
  for (const [name, [least, most]] of Object.entries(optionRanges) as [
    keyof typeof optionRanges,
    [number, number],
  ][]) {
    const value = options[name];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw badInput(`options.${name}`, `options.${name} is ${value}; it must be from ${least} to ${most}.`);
  }
  const { stop } = options;
  if (stop && (stop.length > maxStops || stop.some((text) => text === '' || text.length > maxStopLength))) {
    throw badInput(
      'options.stop',
      `options.stop takes up to ${maxStops} texts of 1 to ${maxStopLength} characters.`,
    );
  }
  return options;
};

/** Throws `BAD_USER_INPUT` where it has nothing but white space. */
export const checkPrompt = (field: string, prompt: string): string => {
  if (prompt.trim() === '')
    throw badInput(field, `${field} is empty. Write something for the model to answer.`);
  return prompt;
};

/** Throws `BAD_USER_INPUT` unless it is absent, `"json"` or a JSON Schema within its limits. */
export const checkFormat = (format: unknown): EngineFormat | null => {
  if (format === null || format === undefined) return null;
  if (format === 'json') return 'json';
  if (typeof format === 'object' && !Array.isArray(format)) {
    const schema = format as Readonly<Record<string, unknown>>;
    checkSchemaSize(schema, 'format');
    return schema;
  }
  throw badInput('format', 'format must be "json", or a JSON Schema as an object.');
};

/** UTF-16 code units of an idempotency key. */
export const maxKeyLength = 200;

/** Throws `BAD_USER_INPUT` where it is empty or too long. */
export const checkIdempotencyKey = (key: string | null): string | null => {
  if (key === null || (key !== '' && key.length <= maxKeyLength)) return key;
  throw badInput('idempotencyKey', `idempotencyKey must have 1 to ${maxKeyLength} characters.`);
};
