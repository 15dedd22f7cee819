/** What a GraphQL document may have before it is run. */
export interface DocumentLimits {
  /** Characters of its text, comments and blanks included. */
  readonly characters: number;
  /** Fields within fields. */
  readonly depth: number;
  /** Fields under another name, `__typename` among them, those of a fragment each time that it is spread. */
  readonly aliases: number;
  /** Such as `@include`, those of a fragment each time that it is spread. */
  readonly directives: number;
  /** Words and signs of its text. */
  readonly tokens: number;
  /** Fields that the answer could have, those of lists as often as there could be items. */
  readonly cost: number;
}

/**
 * The largest document of the web app has 3,200 characters, 8 levels, 1 alias, no directive, 330 tokens and a cost of
 * about 3,000; the introspection of tools has 14 levels and 400 tokens.
 */
export const defaultDocumentLimits: DocumentLimits = {
  characters: 100_000,
  depth: 20,
  aliases: 50,
  directives: 50,
  tokens: 4000,
  cost: 20_000,
};

const names = Object.keys(defaultDocumentLimits).join(', ');

/** Reads `depth=30,cost=50000`; what isn't named has its default. Null where it can't be read so. */
export const parseDocumentLimits = (text: string): DocumentLimits | null => {
  const limits: Record<string, number> = { ...defaultDocumentLimits };
  for (const part of text.split(',')) {
    const [, name = '', limit = ''] = /^\s*(\w+)\s*=\s*(\d{1,9})\s*$/.exec(part) ?? [];
    if (!Object.hasOwn(defaultDocumentLimits, name) || Number(limit) === 0) return null;
    limits[name] = Number(limit);
  }
  return { ...defaultDocumentLimits, ...limits };
};

/** How the limits are written, for messages. */
export const documentLimitsForm = `give some of ${names} with a whole number each, such as depth=30,cost=50000`;
