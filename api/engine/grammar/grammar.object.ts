import { badInput } from '../../errors/failures.ts';
import { type JsonSchema, literal } from './grammar.terms.ts';

/**
 * Returns the grammar of an object: its properties in the order of the schema, the optional ones optional. An object
 * without named properties is a map whose values match `additionalProperties`.
 */
export function objectGrammar(
  node: JsonSchema,
  expression: (schema: unknown) => string,
  rule: (body: string) => string,
): string {
  const required = new Set(Array.isArray(node.required) ? node.required.map(String) : []);
  const others = node.additionalProperties ?? true;
  const properties = new Map<string, unknown>(Object.entries(node.properties ?? {}));
  for (const name of required) if (!properties.has(name)) properties.set(name, others);

  if (properties.size === 0) {
    if (others === false) return '"{" ws "}"';
    const name = nameRule(node.propertyNames, expression);
    const member = rule(`${name} ":" ws ${expression(others)} ws`);
    return rule(`"{" ws (${member} ("," ws ${member})*)? "}"`);
  }
  checkNames(node.propertyNames, [...properties.keys()]);
  if (others === false && [...required].some((name) => properties.get(name) === false)) {
    throw badInput('format', 'The JSON Schema requires a property that it forbids.');
  }

  const members = [...properties].map(([name, schema]) => ({
    text: rule(`${literal(name)} ":" ws ${expression(schema)} ws`),
    isRequired: required.has(name),
  }));
  // Built from the end: `tail` is what may follow a property, `head` is what may follow the opening brace.
  let tail = '';
  let head: string | null = null;
  for (const { text, isRequired } of members.reverse()) {
    const here: string = tail === '' ? text : `${text} ${tail}`;
    head = isRequired ? here : rule(head === null ? `(${here})?` : `${here} | ${head}`);
    const next: string = isRequired ? `"," ws ${text}` : `("," ws ${text})?`;
    tail = rule(tail === '' ? next : `${next} ${tail}`);
  }
  return rule(`"{" ws ${head ?? ''} "}"`);
}

/** Returns the expression of a map's names. */
function nameRule(names: unknown, expression: (schema: unknown) => string): string {
  if (names === undefined || isAnyName(names)) return 'string';
  if (typeof names !== 'object' || names === null) throw unsupportedNames();
  const { enum: choices, ...rest } = names as JsonSchema;
  if (Array.isArray(choices)) {
    if (!choices.every((choice) => typeof choice === 'string')) throw unsupportedNames();
    return expression({ enum: choices });
  }
  if ('const' in rest || '$ref' in rest || 'anyOf' in rest || 'oneOf' in rest || 'allOf' in rest) {
    throw unsupportedNames();
  }
  return expression({ ...rest, type: 'string' });
}

/** Whether a schema of names allows every name. Libraries write one for each map. */
const isAnyName = (names: unknown): boolean =>
  names === true ||
  (typeof names === 'object' &&
    names !== null &&
    Object.entries(names).every(([keyword, value]) => keyword === 'type' && value === 'string'));

/** Named properties are all that an object gets, so their names must be allowed. */
function checkNames(names: unknown, properties: readonly string[]): void {
  if (names === undefined || isAnyName(names)) return;
  const choices = typeof names === 'object' && names !== null && 'enum' in names ? names.enum : null;
  if (!Array.isArray(choices) || !properties.every((name) => choices.includes(name)))
    throw unsupportedNames();
}

const unsupportedNames = () =>
  badInput('format', 'The engine can\'t enforce "propertyNames" of the JSON Schema. Leave it out.');
