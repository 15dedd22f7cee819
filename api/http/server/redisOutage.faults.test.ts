import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '../../process/eventually.testing.ts';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from '../../redis/server.testing.ts';
import { connectRedisAdapters } from '../../replicas/shared.redis.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';

/** More than a generation needs after an outage, and less than the 30 s until recovery requeues orphans. */
const completesWithinMs = 12_000;

interface Asked {
  readonly generate: { readonly generation: { readonly id: string } };
}
interface Found {
  readonly node: { readonly status: string } | null;
}

describeWithOwnRedis('generations during an outage of Redis', () => {
  let redis: OwnRedis;
  let folder: string;
  let app: TestApp;
  beforeAll(async () => {
    redis = await createOwnRedis();
    await redis.start();
    folder = await mkdtemp(join(tmpdir(), 'ziggie-outage-'));
    const adapters = connectRedisAdapters({
      url: redis.url,
      log: silent,
      globalSlots: () => 4,
      cacheMs: 1000,
    });
    app = await startTestApp({ shared: { stores: openSqliteStores({ dataDir: folder }), adapters } });
    app.standin.play({ tokens: ['a ', 'b ', 'c '], tokensPerSecond: 50 });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await redis.remove();
    await rm(folder, { recursive: true });
  }, 60_000);

  /** The prompts of generations that were not rejected. */
  const accepted = new Set<string>();

  /** Generates until `signal` aborts. Resolves to the faults: generations neither rejected nor completed. */
  const keepAsking = async (label: string, signal: AbortSignal): Promise<readonly string[]> => {
    const questions: Promise<string | null>[] = [];
    for (let count = 0; !signal.aborted; count += 1) {
      questions.push(question(`${label} ${count}`));
      await sleep(150);
    }
    return (await Promise.all(questions)).filter((fault) => fault !== null);
  };

  const question = async (prompt: string): Promise<string | null> => {
    const mutation =
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt, cache: BYPASS }) { generation { id } } }';
    const { data, errors } = await app.graphql<Asked>(mutation, { prompt });
    const code = errors?.[0]?.extensions.code;
    if (!code) accepted.add(prompt);
    if (code) return code === 'SERVICE_UNAVAILABLE' ? null : `${prompt}: ${code}`;
    const id = data?.generate.generation.id;
    const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { status } } }';
    const statusOf = async () => (await app.graphql<Found>(query, { id })).data?.node?.status;
    const isCompleted = (status: string | undefined) => status === 'COMPLETED';
    return eventually(statusOf, isCompleted, { limitMs: completesWithinMs, intervalMs: 100 }).then(
      () => null,
      (error: unknown) => `${prompt}: ${error}`,
    );
  };

  /** Closes every connection but its own repeatedly, each time at a different moment. */
  const cutConnections = async (ms: number): Promise<void> => {
    const client = new Redis(redis.url);
    const until = performance.now() + ms;
    while (performance.now() < until) {
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await sleep(5 + Math.random() * 30);
    }
    client.disconnect();
  };

  it.each([
    ['is killed and restarted at once', () => redis.kill().then(() => redis.start())],
    [
      'is killed and restarted after 0.8 s',
      () =>
        redis
          .kill()
          .then(() => sleep(800))
          .then(() => redis.start()),
    ],
    [
      'is killed and restarted after 3 s',
      () =>
        redis
          .kill()
          .then(() => sleep(3000))
          .then(() => redis.start()),
    ],
    [
      'hangs for 3 s',
      async () => {
        redis.hang();
        await sleep(3000);
        redis.wake();
      },
    ],
    ['closes its connections', () => cutConnections(1500)],
  ])(
    'are rejected or completed soon when it %s',
    async (label, outage) => {
      const over = new AbortController();
      const asking = keepAsking(label, over.signal);
      await outage();
      // Some are asked when the connections are back.
      await eventually(
        () => question(`${label}, after it`),
        (fault) => fault === null && accepted.has(`${label}, after it`),
        { intervalMs: 100 },
      );
      over.abort();
      expect(await asking).toEqual([]);
    },
    60_000,
  );
});
