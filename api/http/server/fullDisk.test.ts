import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../errors/failures.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

const password = 'a password for tests';
const create = `mutation ($title: String!, $systemPrompt: String) {
  createConversation(input: { title: $title, systemPrompt: $systemPrompt }) { conversation { id } }
}`;
const list = '{ conversations(first: 100) { edges { node { id title } } } }';

interface Listed {
  readonly conversations: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
}

describe('a server', () => {
  let dataDir: string;
  let app: TestApp;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-full-'));
    const stores = openSqliteStores({ dataDir, maxPages: 300 });
    app = await startTestApp({
      env: { WRITE_LIMIT: 'off' },
      shared: { stores, adapters: createMemoryAdapters({ cacheMs: 1000 }) },
    });
  });
  afterEach(async () => {
    await app.stop();
    await rm(dataDir, { recursive: true });
  });

  const signIn = async () => {
    const response = await app.post('/api/auth/login', { username: 'admin', password });
    return { status: response.status, body: (await response.json()) as { access_token: string } };
  };
  const ready = async () => {
    const response = await app.get('/health/ready');
    return { status: response.status, body: await response.json() };
  };
  /** Writes conversations of all sizes until each is rejected. Returns the codes of the rejections. */
  const fill = async (): Promise<readonly unknown[]> => {
    const codes: unknown[] = [];
    for (const length of [100_000, 10_000, 100, 1]) {
      for (;;) {
        const { errors } = await app.graphql(create, { title: 'full', systemPrompt: 'x'.repeat(length) });
        if (!errors) continue;
        codes.push(errors[0]?.extensions.code);
        break;
      }
    }
    return codes;
  };

  it('on a full disk reports it, reads, signs in, and writes again once there is space', async () => {
    expect((await ready()).status).toBe(200);
    expect(await fill()).toEqual(Array(4).fill('STORAGE_FULL'));

    expect(await ready()).toMatchObject({
      status: 503,
      body: {
        checks: { store: { status: 'down', message: expect.stringContaining('disk of the server is full') } },
      },
    });
    const { data } = await app.graphql<Listed>(list);
    expect(data?.conversations.edges.length).toBeGreaterThan(5);
    const answer = await app.post('/api/llm/generate', { prompt: 'word '.repeat(1500) });
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Nothing can be saved') });

    // More sign-ins than the free pages hold: sessions in memory work too.
    const signIns = [];
    for (let count = 0; count < 60; count += 1) signIns.push(await signIn());
    expect(new Set(signIns.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { body } of signIns.slice(-3)) {
      expect((await app.graphql<Listed>(list, {}, body.access_token)).errors).toBeUndefined();
    }

    for (const { node } of data?.conversations.edges.slice(-5) ?? []) {
      const remove =
        'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }';
      expect((await app.graphql(remove, { id: node.id })).errors).toBeUndefined();
    }
    expect((await ready()).status).toBe(200);
    expect((await app.graphql(create, { title: 'again' })).errors).toBeUndefined();
    expect(app.logged.filter(({ msg }) => msg === 'request: unexpected error')).toEqual([]);
  }, 60_000);

  it('whose database file was deleted says so, and confirms no write', async () => {
    await app.graphql(create, { title: 'before' });
    await rename(join(dataDir, 'ziggie.sqlite'), join(dataDir, 'moved.sqlite'));
    const deleted = performance.now();
    for (;;) {
      const { status, body } = await ready();
      if (status === 503) {
        expect(body).toMatchObject({
          checks: { store: { message: expect.stringContaining('was deleted or replaced') } },
        });
        break;
      }
      if (performance.now() - deleted > 10_000) throw new Error('readiness did not report it');
    }
    const { errors } = await app.graphql(create, { title: 'after' });
    expect(errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
    const { data } = await app.graphql<Listed>(list);
    expect(data?.conversations.edges).toHaveLength(1);
  });
});

describe('a start', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-marker-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('without the database that its data folder had fails with one line, and creates none', async () => {
    await openSqliteStores({ dataDir }).close();
    const path = join(dataDir, 'ziggie.sqlite');
    await rename(path, `${path}.moved`);
    const line = `${path} is missing or empty, though this data folder had a database: restore it from a backup, or delete ${join(dataDir, 'installation')} to start with an empty store.`;
    expect(() => openSqliteStores({ dataDir })).toThrow(line);
    expect(() => openSqliteStores({ dataDir })).toThrow(line);
    await rename(`${path}.moved`, path);
    await openSqliteStores({ dataDir }).close();
    await rm(path);
    await rm(join(dataDir, 'installation'));
    await openSqliteStores({ dataDir }).close();
  });

  it('on a full disk succeeds and reads, and writes fail with STORAGE_FULL', async () => {
    await openSqliteStores({ dataDir }).close();
    const stores = openSqliteStores({ dataDir, maxPages: 1 });
    expect(await stores.accounts.countUsers()).toBe(0);
    const big = {
      id: 'c',
      ownerId: 'o',
      title: 'x'.repeat(500_000),
      autoTitled: false,
      model: null,
      systemPrompt: null,
      options: {},
    };
    const at = new Date();
    const rest = { pinned: false, archived: false, tags: [], createdAt: at, updatedAt: at };
    const links = { folderId: null, collectionIds: [], leafId: null };
    const failure = await stores.conversations
      .insert({ ...big, ...rest, ...links })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'STORAGE_FULL' });
    await stores.close();
  });
});
