import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from '../../redis/server.testing.ts';
import { connectRedisAdapters } from '../../replicas/shared.redis.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

interface Answer {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly code: string | null;
}

describeWithOwnRedis('RATE_LIMIT=10/1m on two replicas', () => {
  let folder = '';
  let redis: OwnRedis;
  let stores: Stores;
  let replicas: readonly TestApp[] = [];

  const startReplica = async (): Promise<TestApp> => {
    const adapters = connectRedisAdapters({
      url: redis.url,
      log: silent,
      globalSlots: () => 4,
      cacheMs: 1000,
    });
    const env = { RATE_LIMIT: '10/1m', JWT_SECRET: 'a secret that all replicas of this test share' };
    // Both use one store, which the test closes.
    return startTestApp({ env, shared: { stores: { ...stores, close: async () => {} }, adapters } });
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-rates-'));
    stores = openSqliteStores({ dataDir: folder });
    await stores.ready();
    redis = await createOwnRedis();
    await redis.start();
    replicas = [await startReplica(), await startReplica()];
  }, 60_000);
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await stores.close();
    await redis.remove();
    await rm(folder, { recursive: true });
  }, 60_000);

  const replicaOf = (index: number): TestApp => {
    const replica = replicas[index % replicas.length];
    if (!replica) throw new Error('no replica was started');
    return replica;
  };
  const chat = { model: 'stand-in', messages: [{ role: 'user', content: 'Hello.' }], stream: false };
  const send = async (app: TestApp, path: string, body: unknown, token: string): Promise<Answer> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const response = await app.post(path, body, { headers });
    const { errors = [] } = await response.json();
    const { code = null, retryAfter = response.headers.get('retry-after') } = errors[0]?.extensions ?? {};
    return { status: response.status, code, retryAfter: retryAfter === null ? null : Number(retryAfter) };
  };
  const generate = (prompt: string) => ({
    query: 'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }',
    variables: { prompt },
  });
  const isRejected = ({ status, code }: Answer) => status === 429 || code === 'RATE_LIMITED';

  it('allows exactly 10 of 200 concurrent GraphQL requests, and tells the others when to retry', async () => {
    const { token } = await replicaOf(0).signUp('graphql');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        send(replicaOf(index), '/graphql', generate(`Hello ${index}.`), token),
      ),
    );
    expect(answers.filter((answer) => answer.status === 200 && answer.code === null)).toHaveLength(10);
    const rejected = answers.filter(isRejected);
    expect(rejected).toHaveLength(190);
    for (const { code, retryAfter } of rejected) {
      expect(code).toBe('RATE_LIMITED');
      expect(Number.isInteger(retryAfter)).toBe(true);
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(60);
    }
  }, 60_000);

  it('allows exactly 10 of 200 concurrent requests to GraphQL, REST and OpenAI together', async () => {
    const { token } = await replicaOf(1).signUp('everywhere');
    const surfaces = [
      (index: number) => ['/graphql', generate(`Hello ${index}.`)] as const,
      () => ['/api/llm/chat', chat] as const,
      () => ['/v1/chat/completions', chat] as const,
    ];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const [path, body] = surfaces[index % surfaces.length]?.(index) ?? ['', null];
        return send(replicaOf(index >> 1), path, body, token);
      }),
    );
    expect(answers.filter((answer) => answer.status === 200 && answer.code === null)).toHaveLength(10);
    const rejected = answers.filter(isRejected);
    expect(rejected).toHaveLength(190);
    for (const { retryAfter } of rejected) expect(retryAfter).toBeGreaterThan(0);
  }, 60_000);
});
