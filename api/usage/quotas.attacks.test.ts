import { startTestApp, type TestApp, type TestAppOptions } from '../http/testing/app.testing.ts';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from '../redis/server.testing.ts';
import { connectRedisAdapters } from '../replicas/shared.redis.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import type { Stores } from '../stores/stores.ts';

const limit = 100;
/** More tokens than any quota here. */
const endless = { tokens: Array.from({ length: 2000 }, () => 'more '), tokensPerSecond: 60 };
const periods = ['QUOTA_DAY', 'QUOTA_MONTH'] as const;

/** Attacks on a quota through replicas that share their stores: together they never exceed it. */
const describeAttacks = (start: (env: Readonly<Record<string, string>>) => Promise<readonly TestApp[]>) => {
  let apps: readonly TestApp[] = [];
  afterEach(async () => {
    for (const app of apps) await app.stop();
    apps = [];
  }, 30_000);

  const first = (): TestApp => {
    const [app] = apps;
    if (!app) throw new Error('no replica was started');
    return app;
  };

  const open = async (env: Readonly<Record<string, string>>) => {
    apps = await start({ REQUEST_LIMIT: 'off', RATE_LIMIT: 'off', ...env });
    for (const app of apps) app.standin.play(endless);
  };

  const newKey = async (): Promise<string> => {
    const { data } = await first().graphql<{ createApiKey: { secret: string } }>(
      'mutation { createApiKey(input: { name: "k", scopes: [CHAT] }) { secret } }',
    );
    return data?.createApiKey.secret ?? '';
  };

  /** Requests an answer from the replicas, alternately, and waits for its end. */
  const complete = async (index: number, credential: string) => {
    const app = apps[index % apps.length] ?? first();
    const response = await fetch(`${app.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ model: 'stand-in', messages: [{ role: 'user', content: 'Hello.' }] }),
    });
    await response.text();
    return response.status;
  };

  const used = async (): Promise<number> => {
    const { data } = await first().graphql<{ viewer: { quota: { used: number }[] } }>(
      '{ viewer { quota { used } } }',
    );
    return data?.viewer.quota[0]?.used ?? Number.NaN;
  };

  it.each(periods)(
    'five keys with two answers each don’t exceed %s',
    async (period) => {
      await open({ [period]: String(limit), RUNNING_LIMIT: '2' });
      const keys = await Promise.all(Array.from({ length: 5 }, newKey));
      await Promise.all(keys.flatMap((key, index) => [complete(index, key), complete(index + 1, key)]));
      expect(await used()).toBeLessThanOrEqual(limit);
      expect(await used()).toBeGreaterThan(limit / 2);
    },
    60_000,
  );

  it.each(periods)(
    'thirty simultaneous answers don’t exceed %s',
    async (period) => {
      await open({ [period]: String(limit), RUNNING_LIMIT: 'off' });
      const { token } = first();
      const statuses = await Promise.all(Array.from({ length: 30 }, (_, index) => complete(index, token)));
      expect(new Set(statuses)).toEqual(new Set([429]));
      expect(await used()).toBeLessThanOrEqual(limit);
      expect(await used()).toBeGreaterThan(limit / 2);
    },
    60_000,
  );
};

describe('attacks on a quota, in one process', () => {
  const options: TestAppOptions = { slots: 30 };
  describeAttacks(async (env) => [await startTestApp({ ...options, env })]);
});

describeWithOwnRedis('attacks on a quota, on two replicas', () => {
  let redis: OwnRedis;
  beforeEach(async () => {
    redis = await createOwnRedis();
    await redis.start();
  });
  afterEach(() => redis.remove(), 30_000);

  describeAttacks(async (env) => {
    // Both replicas run in one process and share a store; the last one to close it closes it.
    const stores = await openTemporaryStores();
    let left = 2;
    const shared: Stores = {
      ...stores,
      close: async () => {
        left -= 1;
        if (left === 0) await stores.close();
      },
    };
    const startReplica = () =>
      startTestApp({
        slots: 30,
        env: { ...env, JWT_SECRET: 'a secret that all replicas of this test share' },
        shared: {
          stores: shared,
          adapters: connectRedisAdapters({
            url: redis.url,
            log: silent,
            globalSlots: () => 60,
            cacheMs: 1000,
          }),
        },
      });
    return [await startReplica(), await startReplica()];
  });
});
