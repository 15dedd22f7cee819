import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { signIn } from './harness/client.ts';
import { describeWithCluster } from './harness/cluster.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, startServer } from './harness/process.ts';
import { startProxy } from './harness/proxy.ts';
import { freePort, startRedis } from './harness/redis.ts';
import { counted, startStandin } from './harness/standin.ts';

describeWithCluster('a start without MongoDB and Redis', () => {
  const database = `faults-${randomUUID().slice(0, 8)}`;
  const mongodbUrl = process.env.MONGODB_URL ?? '';
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(async () => {
    const mongo = await MongoClient.connect(mongodbUrl);
    await mongo.db(database).dropDatabase();
    await mongo.close();
    await removeFolder(folder);
  });

  it('logs one line for each unavailable server, is not ready, and works once both are available', async () => {
    const target = new URL(mongodbUrl);
    const store = await startProxy({ host: target.hostname, port: Number(target.port || 27017) });
    store.cut();
    const redis = await startRedis(folder);
    await redis.kill();
    const engine = await startStandin(200);
    const port = await freePort();
    const starting = startServer({
      dataDir: folder,
      env: {
        PORT: String(port),
        MONGODB_URL: `mongodb://127.0.0.1:${store.port}/${database}`,
        REDIS_URL: redis.url,
        OLLAMA_URL: engine.url,
      },
    });

    const url = `http://127.0.0.1:${port}`;
    const checks = await until(async () => {
      const response = await fetch(`${url}/health/ready`);
      const state = (await response.json()) as {
        readonly status: string;
        readonly checks: Readonly<Record<string, { readonly status: string }>>;
      };
      expect([response.status, state.status]).toEqual([503, 'not ready']);
      return state.checks;
    });
    expect(checks.store?.status).toBe('down');
    expect(checks.coordination?.status).toBe('down');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const login = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: adminPassword }),
    });
    expect([login.status, await login.json()]).toEqual([
      503,
      { detail: expect.stringContaining('MongoDB is unavailable') },
    ]);

    await redis.start();
    store.restore();
    const server = await starting;
    const lines = server.output().split('\n');
    expect(lines.filter((line) => line.includes('(MONGODB_URL) is unavailable'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('REDIS_URL: Redis at 127.0.0.1'))).toHaveLength(1);
    const client = await signIn(server.url, 'admin', adminPassword);
    const { generation } = await client.generate({ prompt: 'Count to 20.' });
    expect(await client.finished(generation.id)).toEqual({ text: counted(20), status: 'COMPLETED' });
    await client.close();
    expect(await server.stop()).toBe(0);
    await engine.kill();
    await redis.kill();
    await store.close();
  }, 120_000);

  it('leaves generations to other replicas with WORKER=off', async () => {
    const redis = await startRedis(folder);
    const engine = await startStandin(200);
    const env = {
      MONGODB_URL: withDatabase(mongodbUrl, database),
      REDIS_URL: redis.url,
      OLLAMA_URL: engine.url,
      JWT_SECRET: 'a secret that all replicas of this test share',
    };
    const [front, back] = [await makeFolder(), await makeFolder()];
    const web = await startServer({ dataDir: front, env: { ...env, WORKER: 'off' } });
    const client = await signIn(web.url, 'admin', adminPassword);
    const { generation } = await client.generate({ prompt: 'Count to 30.' });
    const events = client.watch(generation.id);
    expect((await events.next()).value).toMatchObject({ status: 'QUEUED', queuePosition: 1 });
    expect(engine.begun).toEqual([]);
    const worker = await startServer({ dataDir: back, env });
    expect(await client.finished(generation.id)).toEqual({ text: counted(30), status: 'COMPLETED' });
    await events.return?.();
    await client.close();
    expect(await worker.stop()).toBe(0);
    expect(await web.stop()).toBe(0);
    await engine.kill();
    await redis.kill();
    await Promise.all([removeFolder(front), removeFolder(back)]);
  }, 120_000);
});

const withDatabase = (url: string, database: string): string => {
  const named = new URL(url);
  named.pathname = `/${database}`;
  return named.href;
};

/** Retries until the server responds: it has just been started. */
const until = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
  for (const giveUpAt = Date.now() + 30_000; ; await sleep(50)) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > giveUpAt || !String(error).includes('fetch failed')) throw error;
    }
  }
};
