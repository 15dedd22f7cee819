import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../process/eventually.testing.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  type OwnRedis,
  silent,
} from '../../../redis/server.testing.ts';
import { createMemoryAdapters } from '../../../replicas/shared.memory.ts';
import { connectRedisAdapters } from '../../../replicas/shared.redis.ts';
import type { SharedAdapters } from '../../../replicas/shared.ts';
import { openSqliteStores } from '../../../stores/stores.sqlite.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { postMcp, resultIn } from './mcp.testing.ts';

/** Tests two replicas. `connect` returns the adapters of each. */
const testCancellations = (connect: () => SharedAdapters): void => {
  let app: TestApp;
  let close: () => Promise<void>;
  let other: TestApp;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ziggie-mcp-'));
    const stores = openSqliteStores({ dataDir: folder });
    const shared = { ...stores, close: async () => {} };
    const env = { JWT_SECRET: 'a secret that both replicas have' };
    app = await startTestApp({ env, shared: { stores: shared, adapters: connect() } });
    other = await startTestApp({ env, shared: { stores: shared, adapters: connect() } });
    close = async () => {
      await app.stop();
      await other.stop();
      await stores.close();
      await rm(folder, { recursive: true });
    };
  });
  afterAll(() => close());

  const beginSession = async (): Promise<string> => {
    const clientInfo = { name: 'old', version: '1' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    const begun = await postMcp(app.url, app.token, { id: 0, method: 'initialize', params });
    await begun.text();
    return begun.headers.get('mcp-session-id') ?? '';
  };

  /** Answers that the model has begun, for either replica. */
  const begun = () => app.standin.chats.length + other.standin.chats.length;

  const headersOf = (session: string): Readonly<Record<string, string>> =>
    session === '' ? {} : { 'Mcp-Session-Id': session };

  /** Calls a tool that answers for a minute. Resolves when the model has begun. */
  const begin = async (id: unknown, session: string, signal?: AbortSignal) => {
    for (const { standin } of [app, other])
      standin.play({ tokens: Array(600).fill('word '), tokensPerSecond: 10 });
    const count = begun();
    const params = { name: 'ask', arguments: { prompt: 'Count.' } };
    const message = { id, method: 'tools/call', params };
    const answer = postMcp(app.url, app.token, message, headersOf(session), { signal: signal ?? null }).then(
      async (response) => resultIn(await response.text()),
    );
    answer.catch(() => {});
    await eventually(begun, (now) => now > count);
    return { answer };
  };

  const cancel = async (requestId: unknown, session: string, token = app.token, url = app.url) => {
    const params = { requestId, reason: 'No longer needed.' };
    const sent = { method: 'notifications/cancelled', params };
    const { status, body } = await postMcp(url, token, sent, headersOf(session));
    await body?.cancel();
    expect(status).toBe(202);
  };

  const cancelled = {
    result: { isError: true, content: [{ type: 'text', text: 'The call was cancelled.' }] },
  };
  const ended = () =>
    [...app.logged, ...other.logged].filter(
      ({ msg, status }) => msg === 'generation ended' && status === 'CANCELLED',
    ).length;

  it('cancels the call of its id, and the answer of the model', async () => {
    const session = await beginSession();
    expect(session).toMatch(/^[\x21-\x7e]{20,}$/);
    const before = ended();
    const { answer } = await begin(5, session);
    await cancel(5, session);
    expect(await answer).toMatchObject({ id: 5, ...cancelled });
    await eventually(ended, (count) => count === before + 1);
    expect(app.logged.filter(({ msg }) => String(msg).includes('unexpected error'))).toEqual([]);
  });

  it('cancels neither the call of another user, key or session, nor one of another id', async () => {
    const session = await beginSession();
    const { token } = await app.signUp('mallory');
    const { data } = await app.graphql<{ createApiKey: { secret: string } }>(
      'mutation { createApiKey(input: { name: "mcp", scopes: [CHAT] }) { secret } }',
    );
    const before = ended();
    const { answer } = await begin(5, session);
    await cancel(5, session, token);
    await cancel(5, session, data?.createApiKey.secret);
    await cancel(5, await beginSession());
    await cancel(5, '');
    await cancel('5', session);
    await cancel(null, session);
    await cancel({ id: 5 }, session);
    const pending = sleep(500, 'pending');
    expect(await Promise.race([answer, pending])).toBe('pending');
    expect(ended()).toBe(before);
    await cancel(5, session);
    expect(await answer).toMatchObject(cancelled);
    await eventually(ended, (count) => count === before + 1);
    // A late one cancels nothing.
    await cancel(5, session);
  });

  it('cancels no call of a client without a session', async () => {
    const disconnect = new AbortController();
    const { answer } = await begin('a', '', disconnect.signal);
    await cancel('a', '');
    expect(await Promise.race([answer, sleep(500, 'pending')])).toBe('pending');
    disconnect.abort();
    await Promise.allSettled([answer]);
  });

  it('reaches a call on another replica', async () => {
    const session = await beginSession();
    const { answer } = await begin(7, session);
    await cancel(7, session, app.token, other.url);
    expect(await answer).toMatchObject({ id: 7, ...cancelled });
  });
};

describe('a notification that cancels a call', () => {
  const adapters = createMemoryAdapters({ cacheMs: 1_000 });
  testCancellations(() => ({ ...adapters, isShared: true, close: async () => {} }));
});

describeWithOwnRedis('a notification that cancels a call, through Redis', () => {
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await createOwnRedis();
    await redis.start();
  });

  testCancellations(() =>
    connectRedisAdapters({ url: redis.url, log: silent, globalSlots: () => 4, cacheMs: 1_000 }),
  );
  // After the replicas have stopped.
  afterAll(() => redis.remove());
});
