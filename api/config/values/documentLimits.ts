/** Limits of a GraphQL document, checked before it runs. */
export interface DocumentLimits {
  /** Characters of the text, comments and white space included. */
  readonly characters: number;
  /** Levels of nested fields. */
  readonly depth: number;
  /** Aliased fields, `__typename` included; aliases in a fragment count for each spread. */
  readonly aliases: number;
  /** Directives such as `@include`; directives in a fragment count for each spread. */
  readonly directives: number;
  /** Lexical tokens of the text. */
  readonly tokens: number;
  /** Fields that the answer could have; fields in a list count once for each possible item. */
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

/** Parses `depth=30,cost=50000`; limits that are not named keep their default. Returns null if the text is invalid. */
export const parseDocumentLimits = (text: string): DocumentLimits | null => {
  const limits: Record<string, number> = { ...defaultDocumentLimits };
  for (const part of text.split(',')) {
    const [, name = '', limit = ''] = /^\s*(\w+)\s*=\s*(\d{1,9})\s*$/.exec(part) ?? [];
    if (!Object.hasOwn(defaultDocumentLimits, name) || Number(limit) === 0) return null;
    limits[name] = Number(limit);
  }
  return { ...defaultDocumentLimits, ...limits };
};

/** The expected form, for error messages. */
export const documentLimitsForm = `give some of ${names} with a whole number each, such as depth=30,cost=50000`;
