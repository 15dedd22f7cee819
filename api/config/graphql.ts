import { z } from 'zod';
import {
  type DocumentLimits,
  defaultDocumentLimits,
  documentLimitsForm,
  parseDocumentLimits,
} from './values/documentLimits.ts';
import { every, isOrigin, list, onOrOff, parsed, variable } from './variable.ts';

const originsOf = (text: string) => list(text).map((origin) => new URL(origin).origin);

const limitsText = (limits: DocumentLimits): string =>
  Object.entries(limits)
    .map(([name, limit]) => `${name}=${limit}`)
    .join(',');

/** Who may send which documents. */
export const graphqlVariables = {
  CORS_ORIGINS: variable({
    schema: z
      .string()
      .refine(
        every(isOrigin),
        'give origins by comma, such as https://a.example,https://b.example (* is not taken: it would let every site act for who is signed in)',
      )
      .transform(originsOf)
      .default([]),
    default: 'none',
    meaning: 'other web origins that may call, by comma',
  }),
  INTROSPECTION: variable({
    schema: z.enum(['on', 'signed-in', 'off'], 'give on, signed-in or off').nullable().default(null),
    default: '`signed-in` in production, else `on`',
    meaning: 'who may ask GraphQL for its schema: everyone, who is signed in, nobody',
  }),
  GRAPHIQL: variable({
    schema: onOrOff.nullable().default(null),
    default: '`on`, but `off` with `PERSISTED_ONLY=on`',
    meaning: 'whether a browser that opens `/graphql` gets GraphiQL',
  }),
  PERSISTED_ONLY: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning: '`on`: GraphQL answers known documents alone, those of the web app and of `PERSISTED_DOCUMENTS`',
  }),
  PERSISTED_DOCUMENTS: variable({
    schema: z
      .string()
      .refine(
        every((path) => path !== ''),
        'give paths of JSON files by comma',
      )
      .transform(list)
      .default([]),
    default: 'none',
    meaning: 'JSON files of further known documents, text by id, by comma',
  }),
  DOCUMENT_LIMITS: variable({
    schema: parsed(parseDocumentLimits, documentLimitsForm).default(defaultDocumentLimits),
    default: `\`${limitsText(defaultDocumentLimits)}\``,
    meaning:
      'what a GraphQL document may have, over HTTP, SSE and sockets: characters of its text, levels of fields, aliases, directives, tokens of its text, fields that its answer could have; those not named stay as they are',
  }),
} as const;
