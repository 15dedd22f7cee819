import { badInput } from '../../errors/failures.ts';

/** A JSON Schema (draft 2020-12), not yet validated. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Maximum repetitions of one rule. llama.cpp expands repetitions, and rejects more than 2,000. */
const maxRepeated = 1_000;

/**
 * The rules that every grammar may refer to. White space is bounded, because a small model may indent endlessly. A string
 * has no `\u` escapes, so it can't have half a surrogate pair.
 */
export const commonRules: readonly string[] = [
  'ws ::= | " " | "\\n" [ \\t]{0,20}',
  'value ::= object | array | string | number | boolean | null',
  'object ::= "{" ws (member ("," ws member)*)? "}"',
  'member ::= string ":" ws value ws',
  'array ::= "[" ws (value ws ("," ws value ws)*)? "]"',
  'string ::= "\\"" char* "\\""',
  'char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" ["\\\\/bfnrt]',
  'integer ::= "-"? ("0" | [1-9] [0-9]{0,14})',
  'number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?',
  'boolean ::= "true" | "false"',
  'null ::= "null"',
  'date ::= [0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
  'time ::= ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] "Z"',
  'hex ::= [0-9a-f]',
];

/** The enforced formats. Others are annotations only, as the JSON Schema specification allows (Validation, 7.2.1). */
export const formats: ReadonlyMap<string, string> = new Map([
  ['date', '"\\"" date "\\""'],
  ['time', '"\\"" time "\\""'],
  ['date-time', '"\\"" date "T" time "\\""'],
  ['uuid', '"\\"" hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12} "\\""'],
]);

/** Constraints that these grammars can't enforce. */
const unsupportedKeywords = [
  'pattern',
  'multipleOf',
  'uniqueItems',
  'contains',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'not',
  'if',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const alternatives = ['anyOf', 'oneOf', 'allOf'];
const shape = ['properties', 'items', 'prefixItems', 'enum', 'const', '$ref'];

/** Returns a keyword of `schema` that a grammar can't enforce, or null. */
export function unsupportedKeyword(schema: JsonSchema): string | null {
  const found = unsupportedKeywords.find((keyword) => keyword in schema && schema[keyword] !== false);
  if (found !== undefined) return found;
  const [first, second] = alternatives.filter((keyword) => keyword in schema);
  if (first !== undefined && (second !== undefined || shape.some((keyword) => keyword in schema)))
    return first;
  if (Array.isArray(schema.allOf) && schema.allOf.length !== 1) return 'allOf';
  // Of integers they are enforced, and other types have none.
  if (schema.type === 'number') return bounds.find((bound) => bound in schema) ?? null;
  return null;
}

/** Returns the JSON text of `value` as a GBNF string. */
export const literal = (value: unknown): string => JSON.stringify(JSON.stringify(value));

export function choice(alternatives: readonly string[]): string {
  if (alternatives.length === 0)
    throw badInput('format', 'The JSON Schema has an empty list of alternatives.');
  return alternatives.map((each) => `(${each})`).join(' | ');
}

/** Returns a repetition in GBNF: `{min,max}`. `type` names the repeated type in errors. */
export function repetition(type: string, min: unknown = 0, max?: unknown): string {
  const bounds = max === undefined ? [min] : [min, max];
  const isValid = bounds.every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= maxRepeated);
  if (!isValid || (max !== undefined && Number(min) > Number(max))) {
    throw badInput('format', `The length of ${type} must be from 0 to ${maxRepeated}.`);
  }
  return `{${Number(min)},${max === undefined ? '' : Number(max)}}`;
}

export function arrayRule(node: JsonSchema, expression: (schema: unknown) => string): string {
  const first = Array.isArray(node.prefixItems) ? node.prefixItems.map(expression) : [];
  if (first.length > 0) {
    if ('minItems' in node || 'maxItems' in node) {
      throw badInput(
        'format',
        'An array with "prefixItems" can\'t have "minItems" or "maxItems". Leave them out.',
      );
    }
    return `"[" ws ${first.map((item) => `${item} ws`).join(' "," ws ')} "]"`;
  }
  const item = expression(node.items ?? true);
  const min = Number(node.minItems ?? 0);
  const max = node.maxItems === undefined ? undefined : Number(node.maxItems);
  repetition('an array', min, max);
  if (max === 0) return '"[" ws "]"';
  const rest = repetition('an array', Math.max(0, min - 1), max === undefined ? undefined : max - 1);
  const items = `${item} ws ("," ws ${item} ws)${rest}`;
  return min === 0 ? `"[" ws (${items})? "]"` : `"[" ws ${items} "]"`;
}
