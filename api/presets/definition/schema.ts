import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import { grammarOf } from '../../engine/grammar/grammar.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput, Failure } from '../../errors/failures.ts';
import type { OutputSchema } from '../preset.ts';

/** Compiled validators by the text of their schema: compiling takes milliseconds. */
const compiled = new LRUCache<string, ValidateFunction>({ max: 100 });

/** Maximum errors of one answer that are reported. */
const maxErrors = 5;

/** Throws `BAD_USER_INPUT` unless the schema is a JSON Schema of an object that a grammar can express. */
export const checkOutputSchema = (field: string, schema: OutputSchema): void => {
  checkSchemaSize(schema, field);
  if (schema.type !== 'object') {
    throw badInput(field, `${field} must describe an object: set "type" to "object", and "properties".`);
  }
  try {
    grammarOf(schema);
    validatorOf(schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isOurs = error instanceof Failure;
    throw badInput(field, isOurs ? `${field}: ${reason}` : `${field} is not a valid JSON Schema: ${reason}.`);
  }
};

/** Returns what is wrong with a value, one sentence each, at most five; empty if it matches the schema. */
export const violationsOf = (schema: OutputSchema, value: unknown): readonly string[] => {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, maxErrors).map(sentenceOf);
};

const validatorOf = (schema: OutputSchema): ValidateFunction => {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known) return known;
  // An instance per schema: one instance would keep all schemas that it ever compiled. `format` is only an annotation.
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const { $id: _, ...anonymous } = schema;
  const validate = ajv.compile(anonymous);
  compiled.set(key, validate);
  return validate;
};

const sentenceOf = ({ instancePath, message = 'is not valid', params }: ErrorObject): string => {
  const at = instancePath === '' ? 'The object' : instancePath.slice(1).replaceAll('/', '.');
  const allowed: unknown = Reflect.get(params, 'allowedValues');
  return `${at} ${message}${Array.isArray(allowed) ? ` (${allowed.join(', ')})` : ''}.`;
};
