import { badInput } from '../../errors/failures.ts';
import { isJsonWithin } from '../../process/jsonSize.ts';

/**
 * The limits of a JSON Schema, for the format of an answer and the parameters of a tool. Compiling its grammar takes a few
 * milliseconds; the time grows with the square of the alternatives. The limits are close to the limits of OpenAI's API.
 */
export const schemaLimits = {
  /** UTF-16 units of its JSON text. */
  characters: 65_536,
  /** Levels of arrays and objects. */
  depth: 32,
  /** Values of all `enum`s, branches of all `anyOf`, `oneOf` and `allOf`, and items of all `type` lists. */
  alternatives: 1_000,
  /** Properties of all objects, definitions among them. */
  properties: 1_000,
} as const;

const alternativesKeywords = ['enum', 'anyOf', 'oneOf', 'allOf', 'type'] as const;
const propertiesKeywords = ['properties', '$defs', 'definitions', 'patternProperties'] as const;

/** Throws `BAD_USER_INPUT` with the limit that a JSON Schema exceeds. Takes time in proportion to the limits. */
export const checkSchemaSize = (schema: Readonly<Record<string, unknown>>, field: string): void => {
  const { characters, depth, alternatives, properties } = schemaLimits;
  const tooLarge = (what: string, limit: number) =>
    badInput(field, `The JSON Schema in ${field} has more than ${limit} ${what}. Make it smaller.`);
  if (!isJsonWithin(schema, characters)) throw tooLarge('characters', characters);

  const count = { alternatives: 0, properties: 0 };
  const visit = (value: unknown, levels: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (levels === 0) throw tooLarge('levels', depth);
    if (!Array.isArray(value)) {
      for (const keyword of alternativesKeywords) {
        const found: unknown = Reflect.get(value, keyword);
        if (Array.isArray(found)) count.alternatives += found.length;
      }
      for (const keyword of propertiesKeywords) {
        const found: unknown = Reflect.get(value, keyword);
        if (typeof found === 'object' && found !== null) count.properties += Object.keys(found).length;
      }
    }
    if (count.alternatives > alternatives) throw tooLarge('alternatives', alternatives);
    if (count.properties > properties) throw tooLarge('properties', properties);
    for (const inner of Object.values(value)) visit(inner, levels - 1);
  };
  visit(schema, depth);
};
