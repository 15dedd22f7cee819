import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually } from '../../process/eventually.testing.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

const create = (aliases: number) => `mutation ($text: String!) {
  ${Array.from(
    { length: aliases },
    (_, index) =>
      `c${index}: createConversation(input: { title: "t", systemPrompt: $text }) { conversation { id } }`,
  ).join('\n')}
}`;

describe('the storage of a member', () => {
  let dataDir: string;
  let app: TestApp;
  const start = async (env: Readonly<Record<string, string>>) => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-storage-'));
    app = await startTestApp({
      env,
      shared: {
        stores: openSqliteStores({ dataDir }),
        adapters: createMemoryAdapters({ cacheMs: 1000 }),
      },
    });
  };
  afterEach(async () => {
    await app.stop();
    await rm(dataDir, { recursive: true });
  });

  const storageOf = async (token: string) => {
    const { data } = await app.graphql<{ viewer: { storage: { used: number; limit: number | null } } }>(
      '{ viewer { storage { used limit } } }',
      {},
      token,
    );
    return data?.viewer.storage;
  };
  /** Moves the write-ahead log into the database file. */
  const checkpoint = () => {
    const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'));
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    database.close();
  };
  const fileBytes = async () => (await stat(join(dataDir, 'ziggie.sqlite'))).size;

  it('includes presets and their versions', async () => {
    await start({ STORAGE_LIMIT: 'MEMBER=50KB' });
    const { token } = await app.signUp('mia');
    const definition = { name: 'greet', title: 'Greet', template: 'x'.repeat(30_000) };
    const mutate = (mutation: string, type: string, input: object) =>
      app.graphql<Record<string, { preset: { id: string } } | null>>(
        `mutation ($input: ${type}!) { ${mutation}(input: $input) { preset { id } } }`,
        { input },
        token,
      );
    const { data } = await mutate('createPreset', 'CreatePresetInput', { definition });
    const { id } = data?.createPreset?.preset ?? {};
    const used = (await storageOf(token))?.used;
    expect(used).toBeGreaterThan(30_000);
    const changed = { ...definition, template: 'y'.repeat(30_000) };
    const rejected = [
      await mutate('createPreset', 'CreatePresetInput', { definition: { ...changed, name: 'other' } }),
      await mutate('duplicatePreset', 'DuplicatePresetInput', { id }),
      await mutate('updatePreset', 'UpdatePresetInput', { id, definition: changed }),
    ];
    expect(rejected.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(
      Array(3).fill('QUOTA_EXCEEDED'),
    );
    expect(await storageOf(token)).toMatchObject({ used });
  });

  it('is limited across concurrent requests and aliases, and its deletion frees disk space', async () => {
    await start({ STORAGE_LIMIT: 'MEMBER=5MB', WRITE_LIMIT: 'off' });
    const { id, token } = await app.signUp('mia');
    checkpoint();
    const before = await fileBytes();
    const flood = Array.from({ length: 20 }, () =>
      app.graphql(create(10), { text: 'x'.repeat(100_000) }, token),
    );
    const codes = (await Promise.all(flood))
      .flatMap(({ errors }) => errors ?? [])
      .map(({ extensions }) => extensions.code);
    expect(new Set(codes)).toEqual(new Set(['QUOTA_EXCEEDED']));
    const stored = await storageOf(token);
    expect(stored?.limit).toBe(5_000_000);
    expect(stored?.used).toBeGreaterThan(4_800_000);
    expect(stored?.used).toBeLessThanOrEqual(5_000_000);
    const asked = await app.graphql(
      'mutation { generate(input: { prompt: "Hello" }) { generation { id } } }',
      {},
      token,
    );
    expect([asked.errors?.[0]?.extensions.code, asked.data]).toEqual([undefined, expect.anything()]);
    const long = await app.graphql(
      'mutation ($prompt: String!) { generate(input: { prompt: "Hello", systemPrompt: $prompt }) { generation { id } } }',
      { prompt: 'x'.repeat(99_000) },
      token,
    );
    expect(long.errors?.[0]?.extensions.code).toBe('PROMPT_TOO_LARGE');

    const admins = await app.graphql<{ node: { storage: { used: number } } }>(
      'query ($id: ID!) { node(id: $id) { ... on User { storage { used limit } } } }',
      { id },
    );
    expect(admins.data?.node.storage.used).toBeGreaterThan(4_800_000);

    checkpoint();
    const grown = await fileBytes();
    expect(grown).toBeGreaterThan(before + 4_000_000);
    expect(
      (await app.graphql('mutation ($id: ID!) { deleteUser(input: { id: $id }) { deletedUserId } }', { id }))
        .errors,
    ).toBeUndefined();
    await eventually(fileBytes, (bytes) => bytes <= before + 2_500_000);
  }, 60_000);

  it('is written at most at the rate of WRITE_LIMIT, across aliases', async () => {
    await start({ WRITE_LIMIT: '30/1m' });
    const { token } = await app.signUp('mia');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => app.graphql(create(10), { text: 'short' }, token)),
    );
    const rejected = answers.flatMap(({ errors }) => errors ?? []);
    expect(new Set(rejected.map(({ extensions }) => extensions.code))).toEqual(new Set(['RATE_LIMITED']));
    const { data } = await app.graphql<{ conversations: { edges: unknown[] } }>(
      '{ conversations(first: 100) { edges { cursor } } }',
      {},
      token,
    );
    expect(data?.conversations.edges).toHaveLength(30);
  });
});

describe('a database file of an older version', () => {
  it('is converted at the next start, so that deletions free disk space', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-storage-'));
    await openSqliteStores({ dataDir }).close();
    const path = join(dataDir, 'ziggie.sqlite');
    const old = new DatabaseSync(path);
    old.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM');
    expect({ ...old.prepare('PRAGMA auto_vacuum').get() }).toEqual({ auto_vacuum: 0 });
    old.close();
    await openSqliteStores({ dataDir }).close();
    const converted = new DatabaseSync(path);
    expect({ ...converted.prepare('PRAGMA auto_vacuum').get() }).toEqual({ auto_vacuum: 2 });
    expect({ ...converted.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' });
    converted.close();
    await rm(dataDir, { recursive: true });
  });
});
