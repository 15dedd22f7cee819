import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../process/eventually.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

const adminPassword = 'a password for tests';
const memberPassword = 'correct horse battery';

/** Signs in from one of the loopback addresses. */
const signInFrom = (url: string, localAddress: string, username: string, password: string) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const body = JSON.stringify({ username, password });
  const sent = request(`${url}/api/auth/login`, {
    method: 'POST',
    localAddress,
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
  });
  sent.on('error', reject);
  sent.on('response', async (response) => {
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) text += chunk;
    resolve({ status: response.statusCode ?? 0, body: text });
  });
  sent.end(body);
  return promise;
};

describe('attacks on accounts', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const graphql = async (query: string, token: string | null = app.token) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as {
      readonly data?: Record<string, Record<string, unknown>> | null;
      readonly errors?: readonly {
        readonly message: string;
        readonly extensions: { readonly code: string };
      }[];
    };
  };

  const signUp = async (username: string, role = 'MEMBER') => {
    const input = `{ username: "${username}", password: "${memberPassword}", role: ${role} }`;
    const made = await graphql(`mutation { createUser(input: ${input}) { user { id } } }`);
    const { id } = (made.data?.createUser?.user ?? { id: '' }) as { readonly id: string };
    const { body } = await signInFrom(app.url, '127.0.0.77', username, memberPassword);
    return { id, token: String(JSON.parse(body).access_token) };
  };

  it('10,000 attempts to sign in cost little, reveal nothing, and lock no other user out', async () => {
    const startedAt = performance.now();
    const statuses = new Map<number, number>();
    const bodies = new Set<string>();
    for (let wave = 0; wave < 100; wave += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => {
          const username = index % 2 === 0 ? 'admin' : `user-${wave}-${index}`;
          return signInFrom(app.url, '127.0.0.66', username, `guess ${wave}`);
        }),
      );
      for (const { status, body } of answers) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        bodies.add(body.replace(/\d+ s/, 'N s'));
      }
      if (wave === 50) {
        // During the attack, the user signs in from another address.
        expect((await signInFrom(app.url, '127.0.0.67', 'admin', adminPassword)).status).toBe(200);
      }
    }
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(statuses.get(401)).toBeLessThanOrEqual(100);
    expect([...bodies].sort()).toEqual([
      '{"detail":"The user name or the password is wrong."}',
      expect.stringMatching(/^{"detail":"Too many/),
      ...[...bodies].filter((body) => /at once/.test(body)),
    ]);
    expect((await signInFrom(app.url, '127.0.0.68', 'admin', adminPassword)).status).toBe(200);
    // Hashing each password would take 0.1 s of a core: a quarter of an hour in all.
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  }, 90_000);

  it('X-Forwarded-For is ignored without a trusted proxy', async () => {
    const tries = Array.from({ length: 12 }, (_, index) =>
      fetch(`${app.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `198.51.100.${index}` },
        body: JSON.stringify({ username: 'mallory', password: 'guess' }),
      }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  });

  it('every administrator’s field is denied to a member', async () => {
    const { token, id } = await signUp('mel');
    for (const query of [
      '{ users { edges { node { username } } } }',
      '{ invites { edges { node { id } } } }',
      'mutation { createUser(input: { username: "eve", password: "correct horse battery", role: ADMIN }) { user { id } } }',
      `mutation { setUserRole(input: { id: "${id}", role: ADMIN }) { user { id } } }`,
      `mutation { disableUser(input: { id: "${id}" }) { user { id } } }`,
      `mutation { enableUser(input: { id: "${id}" }) { user { id } } }`,
      `mutation { deleteUser(input: { id: "${id}" }) { deletedUserId } }`,
      `mutation { resetUserPassword(input: { id: "${id}" }) { path } }`,
      'mutation { inviteUser(input: { role: ADMIN }) { path } }',
      `mutation { revokeInvite(input: { id: "${id}" }) { deletedInviteId } }`,
    ]) {
      expect((await graphql(query, token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  it('another user’s account and sessions are not found by their ids', async () => {
    const [ann, bob] = [await signUp('ann'), await signUp('bob')];
    const sessions = '{ viewer { sessions(first: 1) { edges { node { id } } } } }';
    const found = await graphql(sessions, ann.token);
    const session = JSON.stringify(found.data).match(/"id":"([^"]+)"/)?.[1] ?? '';
    const codes = async (query: string) => (await graphql(query, bob.token)).errors?.[0]?.extensions.code;
    expect(await codes(`{ node(id: "${session}") { id } }`)).toBe('NOT_FOUND');
    expect(await codes(`{ node(id: "${ann.id}") { id } }`)).toBe('NOT_FOUND');
    expect(await codes(`mutation { revokeSession(input: { id: "${session}" }) { deletedSessionId } }`)).toBe(
      'NOT_FOUND',
    );
    expect(await graphql(sessions, ann.token)).toMatchObject({ data: { viewer: {} } });
    // Sessions aren't found by an administrator either, who may read the user.
    const asAdmin = await graphql(
      `{ node(id: "${ann.id}") { ... on User { sessions { edges { node { id } } } } } }`,
    );
    expect(asAdmin.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('a viewer can read, but neither generate nor change anything, on any request surface', async () => {
    const { token } = await signUp('vic', 'VIEWER');
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const codes = async (query: string) => (await graphql(query, token)).errors?.[0]?.extensions.code;
    const chat = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
    for (const [path, body] of [
      ['/api/llm/generate', { model: 'any', prompt: 'Hi' }],
      ['/api/llm/chat', chat],
      ['/v1/chat/completions', chat],
    ] as const) {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      expect((await fetch(app.url + path, init)).status).toBe(403);
    }
    expect(await codes('mutation { generate(input: { prompt: "Hi" }) { generation { id } } }')).toBe(
      'FORBIDDEN',
    );
    expect(await codes('mutation { createConversation(input: {}) { conversation { id } } }')).toBe(
      'FORBIDDEN',
    );
    const mine = await graphql(
      '{ viewer { viewerCanGenerate viewerCanWriteConversations viewerCanManageUsers } conversations { edges { node { id } } } models { edges { node { name } } } }',
      token,
    );
    expect(mine.errors).toBeUndefined();
    expect(mine.data?.viewer).toEqual({
      viewerCanGenerate: false,
      viewerCanWriteConversations: false,
      viewerCanManageUsers: false,
    });
  });

  it('a disabled user’s token and socket are closed at once', async () => {
    const { id, token } = await signUp('dot');
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    const acknowledged = new Promise((resolve) => {
      socket.onmessage = resolve;
    });
    socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
    await acknowledged;
    await graphql(`mutation { disableUser(input: { id: "${id}" }) { user { status } } }`);
    expect(await closed).toBe(4403);
    expect((await graphql('{ viewer { id } }', token)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('the last administrator can’t be deleted, disabled or demoted', async () => {
    const { data } = await graphql('{ viewer { id } }');
    const input = `input: { id: "${data?.viewer?.id}"`;
    for (const query of [
      `mutation { setUserRole(${input}, role: VIEWER }) { user { id } } }`,
      `mutation { disableUser(${input} }) { user { id } } }`,
      `mutation { deleteUser(${input} }) { deletedUserId } }`,
      `mutation { deleteAccount(input: { password: "${adminPassword}" }) { deletedUserId } }`,
    ]) {
      expect((await graphql(query)).errors?.[0]?.extensions.code).toBe('CONFLICT');
    }
  });

  it('a deleted user’s data is erased, and their generations are cancelled', async () => {
    const { id, token } = await signUp('del');
    const asked = await graphql(
      'mutation { generate(input: { prompt: "Count to a million" }) { generation { id } conversation { id } } }',
      token,
    );
    expect(asked.errors).toBeUndefined();
    const user = await app.stores.accounts.findUserByName('del');
    const ownerId = user?.id ?? '';
    expect((await app.stores.generations.unfinishedOfOwner(ownerId)).length).toBeLessThanOrEqual(1);
    await graphql(`mutation { deleteUser(input: { id: "${id}" }) { deletedUserId } }`);
    const page = { direction: 'forward', size: 10, after: null, before: null } as const;
    const filter = { archived: false, tag: null, search: null };
    expect((await app.stores.conversations.page(ownerId, page, filter)).items).toEqual([]);
    expect((await app.stores.generations.pageOfOwner(ownerId, page)).items).toEqual([]);
    expect(await app.stores.accounts.findUserByName('del')).toBeNull();
    expect((await graphql('{ viewer { id } }', token)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('no link secret, password or token is logged', async () => {
    const made = await graphql('mutation { inviteUser(input: { role: MEMBER }) { path } }');
    const path = String(made.data?.inviteUser?.path);
    await fetch(app.url + path);
    await graphql(
      `mutation { acceptInvite(input: { secret: "${path.slice(8)}", username: "ivy", password: "${memberPassword}" }) { viewer { id } } }`,
      null,
    );
    await app.line(({ path: logged }) => logged === '/invite/…');
    for (const kind of ['reset', 'share']) {
      await fetch(`${app.url}/${kind}/a-link-secret`);
      await app.line(({ path: logged }) => logged === `/${kind}/…`);
    }
    const text = JSON.stringify(app.logged);
    expect(text).not.toContain(path.slice(8));
    expect(text).not.toContain('a-link-secret');
    expect(text).not.toContain(memberPassword);
    expect(text).not.toContain(adminPassword);
    expect(text).not.toContain('eyJ');
  });

  it('checks no more passwords of a document whose sender has left', async () => {
    const failures = () => app.logged.filter(({ msg }) => msg === 'accounts: sign-in failed').length;
    const before = failures();
    const fields = Array.from(
      { length: 45 },
      (_, n) => `a${n}: signIn(input: { username: "nobody${n}", password: "a wrong guess" }) { accessToken }`,
    );
    const body = JSON.stringify({ query: `mutation { ${fields.join(' ')} }` });
    const sent = request(`${app.url}/graphql`, {
      method: 'POST',
      localAddress: '127.0.0.77',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    });
    sent.on('error', () => {});
    sent.end(body);
    await eventually(failures, (count) => count > before);
    sent.destroy();
    // Until none is checked any more: each takes tens of milliseconds.
    const checked = async () => {
      const count = failures();
      await sleep(500);
      return failures() - count;
    };
    await eventually(checked, (count) => count === 0);
    expect(failures() - before).toBeLessThan(10);
  });
});
