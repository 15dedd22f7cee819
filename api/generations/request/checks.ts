import type { EngineFormat } from '../../engine/engine.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput } from '../../errors/failures.ts';

/** Returns the prompt. Throws `BAD_USER_INPUT` if it is blank. */
export const checkPrompt = (field: string, prompt: string): string => {
  if (prompt.trim() === '')
    throw badInput(field, `${field} is empty. Write something for the model to answer.`);
  return prompt;
};

/** Returns the format, null if absent. Throws `BAD_USER_INPUT` unless it is `"json"` or a JSON Schema within its limits. */
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

/** The maximum length of an idempotency key, in UTF-16 code units. */
export const maxKeyLength = 200;

/** Returns the key. Throws `BAD_USER_INPUT` if it is empty or too long. */
export const checkIdempotencyKey = (key: string | null): string | null => {
  if (key === null || (key !== '' && key.length <= maxKeyLength)) return key;
  throw badInput('idempotencyKey', `idempotencyKey must have 1 to ${maxKeyLength} characters.`);
};
