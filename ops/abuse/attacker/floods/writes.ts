import { randomUUID } from 'node:crypto';
import type { Attack, Flood } from '../attack.ts';
import { aliases, graphql, repeat, request } from '../http.ts';

const credentialOf = ({ tokens, keys }: Attack, index: number): string | undefined => {
  const all = [...tokens, ...keys];
  return all[index % all.length];
};

const mutate = (document: string, variables: () => object = () => ({}), connections = 12): Flood => {
  return (attack) =>
    repeat(attack, connections, (index) =>
      graphql(document, { ...variables() }, credentialOf(attack, index)),
    );
};

/** A JSON Schema with as many alternatives as its bounds allow. */
const largeFormat = () => ({ enum: Array.from({ length: 1000 }, (_, n) => `${n} ${randomUUID()}`) });

/** A part of an import, with new messages each time. */
const largeImport = () => {
  const [sourceKey, createdAt] = ['large', '2026-01-01T00:00:00Z'];
  const messages = Array.from({ length: 100 }, (_, n) => ({
    key: randomUUID(),
    role: 'USER',
    content: `Word ${n}`,
    createdAt,
  }));
  return { sourceKey, title: 'Large', createdAt, updatedAt: createdAt, messages };
};

const signIn = (name: string): Buffer =>
  request(
    'POST',
    '/api/auth/login',
    { 'Content-Type': 'application/json' },
    JSON.stringify({ username: name, password: 'a wrong password, of some length' }),
  );

/** Floods of writes, answers and sign-ins. */
export const writeFloods: Readonly<Record<string, Flood>> = {
  'conversations with large prompts': mutate(
    `mutation ($p: String) { ${aliases(45, (n) => `a${n}: createConversation(input: { systemPrompt: $p }) { conversation { id } }`)} }`,
    () => ({ p: 'word '.repeat(19_900) }),
  ),

  'small conversations': mutate(
    `mutation { ${aliases(45, (n) => `a${n}: createConversation(input: { title: "${n}" }) { conversation { id } }`)} }`,
  ),

  'imports of many messages': mutate(
    `mutation (${aliases(20, (n) => `$i${n}: ImportConversationInput!`)}) { ${aliases(20, (n) => `a${n}: importConversation(input: $i${n}) { existed }`)} }`,
    () => Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`i${n}`, largeImport()])),
  ),

  answers: mutate(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    () => ({
      input: { prompt: `Count to 5. ${randomUUID()}` },
    }),
  ),

  'answers with large prompts': mutate(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    () => ({ input: { prompt: `Count to 5. ${'word '.repeat(190_000)}` } }),
  ),

  'answers with large formats': mutate(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    () => ({ input: { prompt: 'Count to 5.', format: largeFormat() } }),
  ),

  'answers with formats beyond their bounds': mutate(
    'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
    () => ({
      input: { prompt: 'Count to 5.', format: { enum: Array.from({ length: 100_000 }, (_, n) => n) } },
    }),
  ),

  'API keys': mutate(
    'mutation ($name: String!) { createApiKey(input: { name: $name, scopes: [READ] }) { secret } }',
    () => ({ name: randomUUID() }),
  ),

  'sign-ins of one address': (attack) => {
    let count = 0;
    return repeat(attack, 30, () => signIn(`user${count++}`));
  },

  'sign-ins of many addresses': (attack) => {
    let count = 0;
    return repeat(
      attack,
      100,
      () => signIn(`user${count++}`),
      (index) => index,
    );
  },

  'sign-ins in aliases': (attack) =>
    repeat(
      attack,
      30,
      () =>
        graphql(
          `mutation { ${aliases(45, (n) => `a${n}: signIn(input: { username: "user${n}", password: "a wrong password" }) { accessToken }`)} }`,
        ),
      (index) => index,
    ),

  'guesses of links': (attack) => {
    let count = 0;
    return repeat(
      attack,
      30,
      () => graphql(`{ ${aliases(45, (n) => `a${n}: link(secret: "${count++}") { __typename }`)} }`),
      (index) => index,
    );
  },
};
