import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import { grammarOf } from '../../engine/grammar/grammar.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput, Failure } from '../../errors/failures.ts';
import type { OutputSchema } from '../preset.ts';
import { isOutOfTime, withinTime } from './withinTime.ts';

/** Compiled validators by the text of their schema: compiling takes milliseconds. */
const compiled = new LRUCache<string, ValidateFunction>({ max: 100 });

/** Compiling and validating take milliseconds, but a schema can nest references that take exponential time. */
const maxCheckMs = 250;

const inTime = <Result>(task: () => Result): Result => {
  try {
    return withinTime(maxCheckMs, task);
  } catch (error) {
    // Endless recursion overflows the stack.
    if (!isOutOfTime(error) && !(error instanceof RangeError)) throw error;
    throw badInput('outputSchema', 'Checking against outputSchema takes too long. Simplify the schema.');
  }
};

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

/**
 * Returns what is wrong with a value, one sentence each, at most five; empty if it matches the schema. Throws
 * `BAD_USER_INPUT` if the check takes too long.
 */
export const violationsOf = (schema: OutputSchema, value: unknown): readonly string[] => {
  const validate = validatorOf(schema);
  if (inTime(() => validate(value))) return [];
  return (validate.errors ?? []).slice(0, maxErrors).map(sentenceOf);
};

/** Knows the rules of schemas. Compiling those takes longer than most schemas, so it is done once and has no limit. */
let metaSchema: Ajv2020 | null = null;

const createMetaSchema = (): Ajv2020 => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  ajv.validateSchema({});
  return ajv;
};

/** Throws unless the schema is a JSON Schema. */
const checkIsSchema = (schema: OutputSchema): void => {
  metaSchema ??= createMetaSchema();
  const ajv = metaSchema;
  inTime(() => ajv.validateSchema(schema, true));
};

/** An instance per schema: one would keep all schemas that it ever compiled. `format` is only an annotation. */
const createAjv = (): Ajv2020 =>
  new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: false,
    logger: false,
    // Inlined references would multiply the code of a schema.
    inlineRefs: false,
    meta: false,
    validateSchema: false,
  });

const validatorOf = (schema: OutputSchema): ValidateFunction => {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known) return known;
  // Schemas of other drafts mean the same here, as far as a grammar can express them.
  const { $id: _, $schema: __, ...anonymous } = schema;
  checkIsSchema(anonymous);
  // A stopped compilation leaves its instance unusable, so each try has its own.
  const validate = inTime(() => createAjv().compile(anonymous));
  compiled.set(key, validate);
  return validate;
};

const sentenceOf = ({ instancePath, message = 'is not valid', params }: ErrorObject): string => {
  const at = instancePath === '' ? 'The object' : instancePath.slice(1).replaceAll('/', '.');
  const allowed: unknown = Reflect.get(params, 'allowedValues');
  return `${at} ${message}${Array.isArray(allowed) ? ` (${allowed.join(', ')})` : ''}.`;
};
