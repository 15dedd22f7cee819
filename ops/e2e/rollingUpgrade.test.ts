import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type Client, signIn } from './harness/client.ts';
import { describeWithCluster, rawId } from './harness/cluster.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { previous, unpackPrevious } from './harness/previousRelease.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { hasText, readToTheEnd } from './harness/readToTheEnd.ts';
import { type RedisProcess, startRedis } from './harness/redis.ts';
import { counted, type StandinProcess, startStandin } from './harness/standin.ts';

/** The longest pause between two events of an answer that a reader at the other release may see, in ms. */
const maxPauseMs = 5000;

const title = `the previous release (${previous.slice(0, 8)}) and this one, on the same stores and Redis`;

describeWithCluster(title, () => {
  let folder: string;
  let redis: RedisProcess;
  let engine: StandinProcess;
  const database = `upgrade-${randomUUID().slice(0, 8)}`;
  const servers: ServerProcess[] = [];
  const clients: Client[] = [];

  const start = async (name: string, of?: string, worker = 'on') => {
    const dataDir = join(folder, `data-${name}`);
    await mkdir(dataDir, { recursive: true });
    const mongodbUrl = new URL(process.env.MONGODB_URL ?? '');
    mongodbUrl.pathname = `/${database}`;
    const server = await startServer({
      dataDir,
      ...(of && { folder: of }),
      env: {
        MONGODB_URL: mongodbUrl.href,
        REDIS_URL: redis.url,
        OLLAMA_URL: engine.url,
        JWT_SECRET: 'a secret that all replicas of this test share',
        DRAIN_S: '1',
        WORKER: worker,
      },
    });
    servers.push(server);
    const client = await signIn(server.url, 'admin', adminPassword);
    clients.push(client);
    return { server, client };
  };

  beforeAll(async () => {
    folder = await makeFolder();
    redis = await startRedis(folder);
    engine = await startStandin(20);
    await unpackPrevious(join(folder, 'previous'));
  }, 60_000);
  afterAll(async () => {
    for (const client of clients) await client.close();
    for (const server of servers) await server.stop();
    await engine?.kill();
    const mongo = await MongoClient.connect(process.env.MONGODB_URL ?? '');
    await mongo.db(database).dropDatabase();
    await mongo.close();
    await redis?.kill();
    await removeFolder(folder);
  }, 60_000);

  /** Reads an answer, and measures the longest pause between two events. */
  const readPaced = async (client: Client, id: string) => {
    let text = '';
    let longestMs = 0;
    let last = performance.now();
    let status = '';
    for await (const event of client.watch(id)) {
      const now = performance.now();
      // The first event is the state at the beginning of the subscription.
      if (text !== '') longestMs = Math.max(longestMs, now - last);
      last = now;
      text = text.slice(0, event.offset) + event.delta;
      status = event.status;
    }
    return { text, status, longestMs };
  };

  const runsAt = (server: ServerProcess, id: string) =>
    server
      .output()
      .split('\n')
      .some((line) => line.includes('generation started') && line.includes(rawId(id)));

  it('stream answers to each other without a pause, and lose none in an upgrade and a rollback', async () => {
    const old = await start('old', join(folder, 'previous'));
    const current = await start('current', undefined, 'off');
    // Each asks at either; the old replica is the only worker.
    const count = 150;
    const ask = async (client: Client) =>
      (await client.generate({ prompt: `Count to ${count}.` })).generation.id;
    const ran = await Promise.all([ask(old.client), ask(current.client)]);
    for (const id of ran) {
      const [here, there] = await Promise.all([readPaced(old.client, id), readPaced(current.client, id)]);
      for (const { text, status } of [here, there])
        expect({ text, status }).toEqual({ text: counted(count), status: 'COMPLETED' });
      expect(there.longestMs).toBeLessThan(maxPauseMs);
      expect(runsAt(old.server, id)).toBe(true);
    }

    // The upgrade: a worker of this version starts, and the old worker is stopped in the middle of an answer.
    const worker = await start('worker');
    const reader = await start('old-reader', join(folder, 'previous'), 'off');
    const long = await Promise.all(
      Array.from({ length: 4 }, async (_, index) => ask(index % 2 ? reader.client : current.client)),
    );
    const reads = long.map((id, index) => readToTheEnd(() => (index % 2 ? current : reader).client, id));
    await Promise.all(long.map((id) => hasText(current.client, id)));
    await old.server.stop();
    for (const { text, status } of await Promise.all(reads))
      expect({ text, status }).toEqual({ text: counted(count), status: 'COMPLETED' });

    // An answer at the new worker, read at the old version.
    const id = await ask(reader.client);
    const paced = await readPaced(reader.client, id);
    expect({ text: paced.text, status: paced.status }).toEqual({ text: counted(count), status: 'COMPLETED' });
    expect(paced.longestMs).toBeLessThan(maxPauseMs);
    expect(runsAt(worker.server, id)).toBe(true);

    // The rollback: the previous release takes over again, on stores that this version has migrated.
    const again = await start('rolled-back', join(folder, 'previous'));
    const last = await ask(again.client);
    const read = readToTheEnd(() => again.client, last);
    await worker.server.stop();
    expect(await read).toMatchObject({ text: counted(count), status: 'COMPLETED' });
  }, 240_000);
});
