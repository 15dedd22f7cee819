import { badInput } from '../../errors/failures.ts';

/** A JSON Schema (draft 2020-12), not yet checked. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** llama.cpp writes a repetition out, and refuses one of more than 2,000. */
export const maxRepeated = 1_000;

/**
 * What every grammar may refer to. White space is bounded, because a small model left free to indent does nothing else.
 * A string holds no `\u` escape, so it can't hold half of a surrogate pair.
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

/** The formats that are kept. The others are notes to the reader, as the specification has it (section 7.2.1). */
export const formats: ReadonlyMap<string, string> = new Map([
  ['date', '"\\"" date "\\""'],
  ['time', '"\\"" time "\\""'],
  ['date-time', '"\\"" date "T" time "\\""'],
  ['uuid', '"\\"" hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12} "\\""'],
]);

/** Keywords that narrow what fits in a way that a grammar here doesn't express. */
const narrowing = [
  'pattern',
  'multipleOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'uniqueItems',
  'contains',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'not',
  'if',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const alternatives = ['anyOf', 'oneOf', 'allOf'];
const shape = ['properties', 'items', 'prefixItems', 'enum', 'const', '$ref'];

/** The keyword of `schema` that can't be kept, or null. */
export function unsupported(schema: JsonSchema): string | null {
  const found = narrowing.find((keyword) => keyword in schema && schema[keyword] !== false);
  if (found !== undefined) return found;
  const [first, second] = alternatives.filter((keyword) => keyword in schema);
  if (first !== undefined && (second !== undefined || shape.some((keyword) => keyword in schema)))
    return first;
  if (Array.isArray(schema.allOf) && schema.allOf.length !== 1) return 'allOf';
  if (schema.type === 'number') return ['minimum', 'maximum'].find((bound) => bound in schema) ?? null;
  return null;
}

/** The JSON text of `value`, as a GBNF string. */
export const literal = (value: unknown): string => JSON.stringify(JSON.stringify(value));

export function choice(alternatives: readonly string[]): string {
  if (alternatives.length === 0) throw badInput('format', 'The JSON Schema leaves a value no choice.');
  return alternatives.map((each) => `(${each})`).join(' | ');
}

/** `{from,to}`, as GBNF repeats things. */
export function repetition(what: string, from: unknown = 0, to?: unknown): string {
  const bounds = to === undefined ? [from] : [from, to];
  const isFine = bounds.every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= maxRepeated);
  if (!isFine || (to !== undefined && Number(from) > Number(to))) {
    throw badInput('format', `The length of a ${what} can be from 0 to ${maxRepeated}.`);
  }
  return `{${Number(from)},${to === undefined ? '' : Number(to)}}`;
}

export function arrayRule(node: JsonSchema, expression: (schema: unknown) => string): string {
  const first = Array.isArray(node.prefixItems) ? node.prefixItems.map(expression) : [];
  if (first.length > 0) {
    if ('minItems' in node || 'maxItems' in node) {
      throw badInput('format', 'An array with "prefixItems" has exactly these items: leave out the numbers.');
    }
    return `"[" ws ${first.map((item) => `${item} ws`).join(' "," ws ')} "]"`;
  }
  const item = expression(node.items ?? true);
  const least = Number(node.minItems ?? 0);
  const most = node.maxItems === undefined ? undefined : Number(node.maxItems);
  repetition('array', least, most);
  if (most === 0) return '"[" ws "]"';
  const rest = repetition('array', Math.max(0, least - 1), most === undefined ? undefined : most - 1);
  const items = `${item} ws ("," ws ${item} ws)${rest}`;
  return least === 0 ? `"[" ws (${items})? "]"` : `"[" ws ${items} "]"`;
}
