import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { badInput, type Failure, promptTooLong } from '../../errors/failures.ts';
import { isJsonWithin } from '../../process/jsonSize.ts';
import { type Bounds, maxLengths } from './bounds.ts';

type Bounded = Pick<GraphQLArgument | GraphQLInputField, 'extensions'>;

/** Returns the declared bounds of an argument or input field; an empty object if it has none. */
export const boundsOf = ({ extensions }: Bounded): Bounds => (extensions.bounds as Bounds | undefined) ?? {};

/**
 * Checks a value and everything nested in it against the bounds. Throws `BAD_USER_INPUT` or `PROMPT_TOO_LARGE`. `path`
 * names the value in the message; it is empty for a mutation's `input`.
 */
export const checkBounds = (value: unknown, type: GraphQLInputType, bounds: Bounds, path: string): void => {
  if (value === null || value === undefined) return;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const items = Array.isArray(value) ? value : [value];
    const { maxItems } = bounds;
    if (maxItems !== undefined && items.length > maxItems) {
      throw badInput(path, `${path} has ${items.length} items; it may have at most ${maxItems}.`);
    }
    items.forEach((item, index) => {
      checkBounds(item, nullable.ofType, bounds, `${path}[${index}]`);
    });
  } else if (isInputObjectType(nullable)) {
    for (const [name, field] of Object.entries(nullable.getFields())) {
      const inner: unknown = Reflect.get(Object(value), name);
      checkBounds(inner, field.type, boundsOf(field), path === '' ? name : `${path}.${name}`);
    }
  } else {
    const failure = violation(value, bounds, path);
    if (failure) throw failure;
  }
};

/**
 * Checks a variable before coercion. Throws `BAD_USER_INPUT` for a long string in place of an enum value, number or
 * boolean, and for a long field name: graphql-js would search for similar names, and repeat the string in its error.
 */
export const checkWords = (value: unknown, type: GraphQLInputType, path: string): void => {
  const nullable = getNullableType(type);
  if (Array.isArray(value)) {
    const item = isListType(nullable) ? nullable.ofType : nullable;
    for (const inner of value) checkWords(inner, item, path);
  } else if (isListType(nullable)) {
    checkWords(value, nullable.ofType, path);
  } else if (isInputObjectType(nullable)) {
    if (typeof value !== 'object' || value === null) return;
    const fields = nullable.getFields();
    for (const [name, inner] of Object.entries(value)) {
      if (name.length > maxLengths.name) throw tooLongWord(`A field of ${path}`, name);
      const field = fields[name];
      if (field) checkWords(inner, field.type, `${path}.${name}`);
    }
  } else if (!takesText(nullable) && typeof value === 'string' && value.length > maxLengths.name) {
    throw tooLongWord(path, value);
  }
};

const takesText = ({ name }: GraphQLNamedInputType): boolean =>
  ['String', 'ID', 'JSON', '_Any'].includes(name);

const tooLongWord = (path: string, word: string) =>
  badInput(path, `${path} has ${word.length} characters; it may have at most ${maxLengths.name}.`);

const violation = (value: unknown, bounds: Bounds, path: string): Failure | null => {
  const { maxLength, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, isPrompt } = bounds;
  if (typeof value === 'number') {
    if (value >= min && value <= max) return null;
    return badInput(path, `${path} is ${value}; it must be from ${min} to ${max}.`);
  }
  if (maxLength === undefined || value instanceof Date) return null;
  if (typeof value === 'string') {
    if (value.length <= maxLength) return null;
    if (isPrompt) return promptTooLong(value.length, maxLength);
    return badInput(path, `${path} has ${value.length} characters; it may have at most ${maxLength}.`);
  }
  if (isJsonWithin(value, maxLength)) return null;
  return badInput(path, `${path} is too long: as JSON, it may have at most ${maxLength} characters.`);
};
