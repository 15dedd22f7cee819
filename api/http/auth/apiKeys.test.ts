import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import {
  accepted,
  bearer,
  type Outcomes,
  openSocket,
  postQuery,
  rejected,
  tryEverySurface,
} from '../testing/surfaces.testing.ts';

const chat = { model: 'stand-in:latest', messages: [{ role: 'user', content: 'Hi' }] };

interface Issued {
  readonly secret: string;
  readonly id: string;
}

describe('an API key', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const graphql = async <Data = unknown>(
    query: string,
    headers: Readonly<Record<string, string>> = bearer(app.token),
  ) =>
    (await (await postQuery(app.url, query, headers)).json()) as {
      readonly data: Data;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };

  const create = async (scopes: string, more = ''): Promise<Issued> => {
    const { data } = await graphql<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
      `mutation { createApiKey(input: { name: "k", scopes: [${scopes}] ${more} }) { secret apiKey { id } } }`,
    );
    return { secret: data.createApiKey.secret, id: data.createApiKey.apiKey.id };
  };
  const revoke = (id: string) =>
    graphql(`mutation { revokeApiKey(input: { id: "${id}" }) { deletedApiKeyId } }`);
  const asKey = (secret: string) => ({ 'X-API-Key': secret });
  const post = (path: string, secret: string, body: unknown) =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { ...asKey(secret), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  it.each<[string, (secret: string) => Record<string, string>, (secret: string) => object]>([
    ['Authorization: Bearer', bearer, (secret) => ({ Authorization: `Bearer ${secret}` })],
    ['X-API-Key', asKey, (secret) => ({ 'X-API-Key': secret })],
  ])('is accepted on every request surface as %s', async (_name, headers, payload) => {
    const { secret, id } = await create('READ, CHAT');
    const attempt = (): Promise<Outcomes> => tryEverySurface(app.url, headers(secret), payload(secret));
    expect(await attempt()).toEqual(accepted);
    await revoke(id);
    expect(await attempt()).toEqual(rejected);
  });

  it('that is invalid is rejected, and so is a session token as X-API-Key', async () => {
    for (const given of ['zk_nonsense', 'zk_', app.token, 'anything']) {
      expect((await postQuery(app.url, '{ viewer { id } }', asKey(given))).status).toBe(401);
    }
  });

  it('needs no trusted Origin, since no page can make a browser send it', async () => {
    const { secret } = await create('READ');
    const headers = { ...asKey(secret), Origin: 'https://untrusted.example' };
    expect((await postQuery(app.url, '{ viewer { id } }', headers)).status).toBe(200);
  });

  it('can do what its scopes allow, in GraphQL, REST and the OpenAI API', async () => {
    const keys = { READ: await create('READ'), CHAT: await create('CHAT'), ADMIN: await create('ADMIN') };
    const made = await graphql<{ createConversation: { conversation: { id: string } } }>(
      'mutation { createConversation(input: {}) { conversation { id } } }',
    );
    const { id } = made.data.createConversation.conversation;
    const asked: Readonly<Record<string, readonly (keyof typeof keys)[]>> = {
      '{ conversations { edges { node { id } } } }': ['READ'],
      [`{ node(id: "${id}") { id } }`]: ['READ'],
      [`{ _entities(representations: [{ __typename: "Conversation", id: "${id}" }]) { __typename } }`]: [
        'READ',
      ],
      '{ models { edges { node { name } } } }': ['READ', 'CHAT', 'ADMIN'],
      '{ users { edges { node { id } } } }': ['ADMIN'],
      'mutation { createConversation(input: {}) { conversation { id } } }': ['CHAT'],
      'mutation { generate(input: { prompt: "Hi" }) { generation { id } } }': ['CHAT'],
      '{ viewer { apiKeys { edges { node { id } } } } }': [],
      '{ viewer { sessions { edges { node { id } } } } }': [],
      'mutation { createApiKey(input: { name: "more", scopes: [READ] }) { secret } }': [],
      'mutation { revokeOtherSessions(input: {}) { ended } }': [],
      'mutation { changePassword(input: { currentPassword: "a", newPassword: "b" }) { viewer { id } } }': [],
      'mutation { deleteAccount(input: {}) { deletedUserId } }': [],
      'mutation { signOut(input: {}) { clientMutationId } }': [],
    };
    for (const [query, allowed] of Object.entries(asked)) {
      for (const [scope, { secret }] of Object.entries(keys)) {
        const { errors } = await graphql(query, asKey(secret));
        const is = errors?.[0]?.extensions.code ?? 'accepted';
        expect([query, scope, is]).toEqual([
          query,
          scope,
          allowed.some((one) => one === scope) ? 'accepted' : 'FORBIDDEN',
        ]);
      }
    }
    for (const [path, body] of [
      ['/api/llm/generate', { model: 'stand-in:latest', prompt: 'Hi', stream: false }],
      ['/v1/chat/completions', chat],
    ] as const) {
      expect((await post(path, keys.READ.secret, body)).status).toBe(403);
      expect((await post(path, keys.CHAT.secret, body)).status).not.toBe(403);
    }
    const exported = await fetch(`${app.url}/api/account/export`, { headers: asKey(keys.READ.secret) });
    expect(exported.status).toBe(403);
    const out = await post('/api/auth/logout', keys.READ.secret, {});
    expect(out.status).toBe(403);
  });

  it('can subscribe to its own generation without the scope READ', async () => {
    const { secret } = await create('CHAT');
    const socket = await openSocket(app.url, { 'X-API-Key': secret });
    socket.subscribe('g', 'mutation { generate(input: { prompt: "Hi" }) { generation { id } } }');
    const answer = JSON.stringify(await socket.answer('g'));
    const id = /"id":"([^"]+)"}/.exec(answer)?.[1];
    socket.subscribe('s', `subscription { generation(id: "${id}") { status } }`);
    expect(await socket.answer('s')).toMatchObject({ type: 'next', payload: { data: { generation: {} } } });
    socket.subscribe('c', 'subscription { conversationChanged { kind } }');
    expect(await socket.answer('c')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
    socket.close();
  });

  it('closes its sockets and streams when it is revoked', async () => {
    const { secret, id } = await create('CHAT, READ');
    const socket = await openSocket(app.url, { 'X-API-Key': secret });
    app.standin.play({ tokens: Array.from({ length: 1000 }, () => 'word '), tokensPerSecond: 20 });
    const stream = await post('/v1/chat/completions', secret, { ...chat, stream: true });
    expect(stream.status).toBe(200);
    const text = stream.text().then(
      (whole) => whole,
      () => 'broken off',
    );
    const left = app.standin.left();
    await revoke(id);
    expect(await socket.closed).toBe(4403);
    expect(await text).toBe('broken off');
    // The generation is cancelled: no user may read its answer.
    await left;
    app.standin.play({});
    expect(app.app.openCounts().sessions).toBe(0);
  });

  it('closes its sockets when it expires', async () => {
    const { secret } = await create('READ', `expiresAt: "${new Date(Date.now() + 1500).toISOString()}"`);
    const socket = await openSocket(app.url, { apiKey: secret });
    expect(socket.isAcknowledged).toBe(true);
    expect(await socket.closed).toBe(4403);
  });

  it('is listed and exported without its secret', async () => {
    const { secret, id } = await create('CHAT');
    await postQuery(app.url, '{ viewer { id } }', asKey(secret));
    const list = await graphql(
      '{ viewer { apiKeys(first: 1) { edges { node { id name ending scopes createdAt expiresAt lastUsedAt } } } } }',
    );
    expect(list.data).toEqual({
      viewer: {
        apiKeys: {
          edges: [
            {
              node: {
                id,
                name: 'k',
                ending: secret.slice(-4),
                scopes: ['CHAT'],
                createdAt: expect.any(String),
                expiresAt: null,
                lastUsedAt: expect.any(String),
              },
            },
          ],
        },
      },
    });
    const exported = await (await app.get('/api/account/export')).text();
    expect(JSON.parse(exported).apiKeys).toContainEqual(
      expect.objectContaining({ ending: secret.slice(-4) }),
    );
    expect(exported).not.toContain('secretHash');
    expect(exported + JSON.stringify(list)).not.toContain(secret.slice(3));
  });
});
