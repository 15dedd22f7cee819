import { z } from 'zod';
import {
  type DocumentLimits,
  defaultDocumentLimits,
  documentLimitsForm,
  parseDocumentLimits,
} from './values/documentLimits.ts';
import { every, isOrigin, list, onOrOff, parsed, variable, wholeNumber } from './variable.ts';

const originsOf = (text: string) => list(text).map((origin) => new URL(origin).origin);

const limitsText = (limits: DocumentLimits): string =>
  Object.entries(limits)
    .map(([name, limit]) => `${name}=${limit}`)
    .join(',');

/** Which documents and origins GraphQL accepts. */
export const graphqlVariables = {
  CORS_ORIGINS: variable({
    schema: z
      .string()
      .refine(
        every(isOrigin),
        'give origins separated by commas, such as https://a.example,https://b.example (* is not accepted: it would let every site act for signed-in users)',
      )
      .transform(originsOf)
      .default([]),
    default: 'none',
    meaning: 'other web origins that may call the API, separated by commas',
  }),
  INTROSPECTION: variable({
    schema: z.enum(['on', 'signed-in', 'off'], 'give on, signed-in or off').nullable().default(null),
    default: '`signed-in` in production, else `on`',
    meaning:
      'who may introspect the GraphQL schema: everyone (`on`), authenticated users (`signed-in`) or no one (`off`)',
  }),
  GRAPHIQL: variable({
    schema: onOrOff.nullable().default(null),
    default: '`on`, but `off` with `PERSISTED_ONLY=on`',
    meaning: '`on`: a browser that opens `/graphql` gets GraphiQL',
  }),
  PERSISTED_ONLY: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning:
      '`on`: GraphQL runs persisted documents only: the documents of the web app and of `PERSISTED_DOCUMENTS`',
  }),
  PERSISTED_DOCUMENTS: variable({
    schema: z
      .string()
      .refine(
        every((path) => path !== ''),
        'give paths of JSON files separated by commas',
      )
      .transform(list)
      .default([]),
    default: 'none',
    meaning: 'paths of JSON files with further persisted documents (text by id), separated by commas',
  }),
  BATCH_LIMIT: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => 0), wholeNumber(1, 50, '')],
        'give a number from 1 to 50, or off',
      )
      .default(0),
    default: '`off`',
    meaning:
      'how many GraphQL operations one HTTP request may contain, as a JSON array; each counts as a request',
  }),
  DOCUMENT_LIMITS: variable({
    schema: parsed(parseDocumentLimits, documentLimitsForm).default(defaultDocumentLimits),
    default: `\`${limitsText(defaultDocumentLimits)}\``,
    meaning:
      'limits of a GraphQL document, over HTTP, SSE and sockets: its characters, levels of nested fields, aliases, directives, tokens, and its cost: the fields that the answer could have. Limits that are not named keep their default',
  }),
} as const;
