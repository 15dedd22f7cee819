import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { createPasswords } from '../accounts/passwords.ts';
import { encodeId } from '../graph/globalIds.ts';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { maxRepresentations } from './entities.ts';

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly object[];
}

interface Entities {
  readonly _entities: readonly unknown[];
}

const membersPassword = 'a password of a member';

const entitiesQuery = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on User { username }
    ... on Conversation { title }
    ... on Message { role content }
    ... on Generation { status }
    ... on Model { name }
  }
}`;

describe('the service as a subgraph', () => {
  let test: TestApp;
  let membersToken: string;

  const graphql = async <Data>(
    query: string,
    variables: object = {},
    token: string | null = test.token,
  ): Promise<Answer<Data>> => {
    const response = await fetch(`${test.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };

  const entities = (representations: readonly unknown[], token?: string | null) =>
    graphql<Entities>(entitiesQuery, { representations }, token);

  /** Returns the ids of the objects that one prompt creates. */
  const ask = async (prompt: string) => {
    const { data } = await graphql<{
      readonly generate: {
        readonly generation: { readonly id: string };
        readonly conversation: { readonly id: string };
        readonly userMessageEdge: { readonly node: { readonly id: string } };
      };
    }>(
      `mutation ($prompt: String!) { generate(input: { prompt: $prompt }) {
        generation { id } conversation { id } userMessageEdge { node { id } }
      } }`,
      { prompt },
    );
    return {
      Generation: data?.generate.generation.id,
      Conversation: data?.generate.conversation.id,
      Message: data?.generate.userMessageEdge.node.id,
    };
  };

  const viewerId = async () => {
    const { data } = await graphql<{ readonly viewer: { readonly id: string } }>('{ viewer { id } }');
    return data?.viewer.id;
  };

  beforeAll(async () => {
    test = await startTestApp({ env: { INTROSPECTION: 'on' } });
    await test.stores.accounts.insertUser({
      id: '01KAPD0000000000000000MEMB',
      username: 'mem',
      role: 'MEMBER',
      status: 'ACTIVE',
      identity: null,
      passwordHash: await createPasswords().hash(membersPassword),
      createdAt: new Date(),
    });
    const signedIn = await test.app.accounts.signIn('mem', membersPassword, {
      address: null,
      userAgent: null,
    });
    membersToken = signedIn.token;
  }, 30_000);

  afterAll(() => test.stop());

  it('serves its SDL with federation directives if introspection is allowed', async () => {
    const { data } = await graphql('{ _service { sdl } }', {}, null);
    const committed = await readFile(new URL('../../schema/subgraph.graphql', import.meta.url), 'utf8');
    expect(data).toEqual({ _service: { sdl: committed } });
  });

  it('resolves references to entities of every type, in the requested order', async () => {
    const ids = await ask('What is 2+2?');
    const user = await viewerId();
    const { data, errors } = await entities([
      { __typename: 'Message', id: ids.Message },
      { __typename: 'Model', id: encodeId('Model', 'stand-in:latest') },
      { __typename: 'Conversation', id: ids.Conversation },
      { __typename: 'User', id: user },
      { __typename: 'Generation', id: ids.Generation },
      { __typename: 'Conversation', id: ids.Conversation },
    ]);
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      { __typename: 'Message', role: 'USER', content: 'What is 2+2?' },
      { __typename: 'Model', name: 'stand-in:latest' },
      { __typename: 'Conversation', title: 'What is 2+2?' },
      { __typename: 'User', username: 'admin' },
      { __typename: 'Generation', status: expect.any(String) },
      { __typename: 'Conversation', title: 'What is 2+2?' },
    ]);
  });

  it('adds fields to agents of another subgraph, by any id', async () => {
    const { data, errors } = await graphql<Entities>(
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { __typename ... on Agent { id healing { status } } }
      }`,
      {
        representations: [
          { __typename: 'Agent', id: 'worker 3' },
          { __typename: 'Agent', id: '' },
        ],
      },
    );
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      { __typename: 'Agent', id: 'worker 3', healing: null },
      { __typename: 'Agent', id: '', healing: null },
    ]);
  });

  it('loads each type in one batch, however many references there are', async () => {
    const made = [await ask('One?'), await ask('Two?'), await ask('Three?')];
    const conversations = jest.spyOn(test.stores.conversations, 'findMany');
    const messages = jest.spyOn(test.stores.messages, 'findMany');
    const { data } = await entities([
      ...made.map(({ Conversation }) => ({ __typename: 'Conversation', id: Conversation })),
      { __typename: 'Message', id: made[0]?.Message },
      { __typename: 'Message', id: made[1]?.Message },
    ]);
    expect(data?._entities.filter((entity) => entity !== null)).toHaveLength(5);
    expect(conversations).toHaveBeenCalledTimes(1);
    expect(messages).toHaveBeenCalledTimes(1);
    conversations.mockRestore();
    messages.mockRestore();
  });

  it("returns null without an error for another user's entities and for missing ones alike", async () => {
    const ids = await ask('A secret?');
    const admin = await viewerId();
    const answer = await entities(
      [
        ...Object.entries(ids).map(([__typename, id]) => ({ __typename, id })),
        { __typename: 'User', id: admin },
        { __typename: 'Conversation', id: encodeId('Conversation', '01KAPD000000000000000000NO') },
        { __typename: 'Model', id: encodeId('Model', 'none') },
        { __typename: 'Conversation', id: ids.Message },
        { __typename: 'Conversation', id: 'not an id' },
        { __typename: 'Conversation', id: '' },
      ],
      membersToken,
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual({ _entities: Array.from({ length: 9 }, () => null) });
  });

  it('rejects references from anonymous callers', async () => {
    const { data, errors } = await entities([], null);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it.each([
    [
      'a type that is not an entity',
      [{ __typename: 'TokenUsage', id: 'x' }],
      /__typename must be one of .*Conversation/,
    ],
    ['a missing type', [{ id: 'x' }], /representations\[0\]\.__typename/],
    ['a missing id', [{ __typename: 'User' }], /representations\[0\]\.id/],
    ['a value that is not a reference', ['User'], /representations\[0\]\.__typename/],
    [
      'too many references',
      Array.from({ length: maxRepresentations + 1 }, () => ({ __typename: 'User', id: 'x' })),
      /1001 items; it may have at most 1000/,
    ],
  ])('rejects %s with an error that names the problem', async (_what, representations, message) => {
    const { data, errors } = await entities(representations);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('fails only the entities of a type that is unavailable', async () => {
    const withoutEngine = await startTestApp();
    await withoutEngine.standin.close();
    const post = async <Data>(query: string, variables: object): Promise<Answer<Data>> =>
      (await withoutEngine.post('/graphql', { query, variables })).json();
    const { data: made } = await post<{
      readonly createConversation: { readonly conversation: { readonly id: string } };
    }>('mutation { createConversation(input: { title: "Here" }) { conversation { id } } }', {});
    const { data, errors } = await post<Entities>(entitiesQuery, {
      representations: [
        { __typename: 'Conversation', id: made?.createConversation.conversation.id },
        { __typename: 'Model', id: encodeId('Model', 'stand-in:latest') },
      ],
    });
    expect(data?._entities).toEqual([{ __typename: 'Conversation', title: 'Here' }, null]);
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'ENGINE_UNAVAILABLE' } }]);
    await withoutEngine.stop();
  });
});
