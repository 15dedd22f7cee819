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
    const member = rule(`string ":" ws ${expression(others)} ws`);
    return rule(`"{" ws (${member} ("," ws ${member})*)? "}"`);
  }
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
