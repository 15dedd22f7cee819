import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type Client, signIn } from './client.ts';
import { makeFolder, removeFolder } from './folder.ts';
import { adminPassword, type ServerProcess, startServer, untilReady } from './process.ts';
import { type CuttableProxy, startProxy } from './proxy.ts';
import { hasRedisServer, type RedisProcess, startRedis } from './redis.ts';
import { type StandinProcess, startStandin } from './standin.ts';

const missing = [
  ...(process.env.MONGODB_URL ? [] : ['MONGODB_URL']),
  ...(hasRedisServer() ? [] : ['redis-server']),
];

/** Calls `describe` if a cluster can run; otherwise skips the suite with the reason in its title. */
export const describeWithCluster = (name: string, suite: () => void): void => {
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} (skipped: no ${missing.join(', no ')})`, suite);
};

export interface ClusterOptions {
  readonly replicas: number;
  readonly engines: number;
  /** The speed of each engine. */
  readonly tokensPerSecond: number;
  /** Additional variables of every replica. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Replicas with one Redis, one MongoDB and several counting stand-ins for Ollama, each in its own process. */
export interface Cluster {
  readonly redis: RedisProcess;
  /** The URL of the cluster's database, without the proxy. */
  readonly mongodbUrl: string;
  /** The proxy between the replicas and MongoDB. */
  readonly store: CuttableProxy;
  /** The proxy between the replicas and Redis. */
  readonly coordination: CuttableProxy;
  readonly engines: readonly StandinProcess[];
  readonly replicas: readonly ServerProcess[];
  /** A client of the administrator for each replica, in order. */
  readonly clients: readonly Client[];
  /** Starts a replica, or restarts one that exited, with additional variables. */
  start(index: number, env?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when a replica reports that it is ready, or that it isn't. */
  ready(index: number, isReady?: boolean): Promise<void>;
  /** Returns the index of the replica that started a generation last, by its log. */
  runnerOf(generationId: string): number;
  /** Returns the errors that the replicas have logged since the last call. */
  unexpectedErrors(): readonly string[];
  close(): Promise<void>;
}

/** Returns the id inside a global id. */
export const rawId = (globalId: string): string =>
  Buffer.from(globalId, 'base64').toString().split(':')[1] ?? '';

export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const mongodbUrl = process.env.MONGODB_URL;
  if (!mongodbUrl) throw new Error('a cluster needs MONGODB_URL');
  const folder = await makeFolder();
  const [redis, engines] = await Promise.all([
    startRedis(folder),
    Promise.all(Array.from({ length: options.engines }, () => startStandin(options.tokensPerSecond))),
  ]);
  const target = new URL(mongodbUrl);
  const store = await startProxy({ host: target.hostname, port: Number(target.port || 27017) });
  const coordination = await startProxy({ host: '127.0.0.1', port: Number(new URL(redis.url).port) });
  const database = `faults-${randomUUID().slice(0, 8)}`;
  const databaseUrl = new URL(mongodbUrl);
  databaseUrl.pathname = `/${database}`;
  const seen = new Set<string>();
  const replicas: ServerProcess[] = [];
  const clients: Client[] = [];

  const start = async (index: number, env: Readonly<Record<string, string>> = {}) => {
    const dataDir = join(folder, `replica-${index}`);
    await mkdir(dataDir, { recursive: true });
    replicas[index] = await startServer({
      dataDir,
      env: {
        MONGODB_URL: `mongodb://127.0.0.1:${store.port}/${database}`,
        REDIS_URL: `redis://127.0.0.1:${coordination.port}`,
        OLLAMA_URL: engines.map(({ url }) => url).join(','),
        JWT_SECRET: 'a secret that all replicas of this test share',
        ...options.env,
        ...env,
      },
    });
    clients[index] = await signIn(replicas[index].url, 'admin', adminPassword);
  };
  for (let index = 0; index < options.replicas; index += 1) await start(index);

  return {
    redis,
    mongodbUrl: databaseUrl.href,
    store,
    coordination,
    engines,
    replicas,
    clients,
    start,
    ready: (index, isReady) => untilReady(replicas[index]?.url ?? '', isReady),
    runnerOf(generationId) {
      const started = (replica: ServerProcess) =>
        replica
          .output()
          .split('\n')
          .some((line) => line.includes('generation started') && line.includes(rawId(generationId)));
      return replicas.findLastIndex(started);
    },
    unexpectedErrors() {
      const lines = replicas.flatMap((replica) => replica.output().split('\n'));
      const errors = lines.filter((line) => line.includes('"level":"error"') && !seen.has(line));
      for (const line of errors) seen.add(line);
      return errors;
    },
    async close() {
      for (const client of clients) await client.close();
      for (const paused of [...engines, ...replicas]) paused.resume();
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all(engines.map((engine) => engine.kill()));
      await Promise.all([store.close(), coordination.close()]);
      const mongo = await MongoClient.connect(mongodbUrl);
      await mongo.db(database).dropDatabase();
      await mongo.close();
      await redis.kill();
      await removeFolder(folder);
    },
  };
};
