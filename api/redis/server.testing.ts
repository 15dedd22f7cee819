import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { connectRedis, type RedisConnection } from './connection.ts';

/** For tests: the address of a real Redis that is shared; keys of a test begin with a prefix of its own. */
export const sharedRedisUrl = process.env.REDIS_URL ?? '';

/** `describe`, or a skipped one where there is no Redis; its title then says why. */
export const describeWithRedis = (name: string, body: () => void): void =>
  sharedRedisUrl === ''
    ? describe.skip(`${name} (skipped: REDIS_URL is not set)`, body)
    : describe(name, body);

const hasServer = (process.env.PATH ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'redis-server'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** `describe`, or a skipped one where a test can't start a Redis of its own. */
export const describeWithOwnRedis = (name: string, body: () => void): void =>
  hasServer ? describe(name, body) : describe.skip(`${name} (skipped: no redis-server in PATH)`, body);

export const silent = pino({ level: 'silent' });

export const freshPrefix = (): string => `test:${ulid()}:`;

/** Connections to the shared Redis, one a replica, under one prefix; its keys are removed at the end. */
export const openReplicas = (prefix = freshPrefix(), url = sharedRedisUrl) => {
  const opened: RedisConnection[] = [];
  return {
    prefix,
    replica(): RedisConnection {
      const redis = connectRedis({ url, prefix, log: silent });
      opened.push(redis);
      return redis;
    },
    async close() {
      if (url === sharedRedisUrl) await sweep(prefix);
      for (const redis of opened) await redis.close();
    },
  };
};

const sweep = async (prefix: string): Promise<void> => {
  const redis = connectRedis({ url: sharedRedisUrl, prefix, log: silent });
  // What BullMQ keeps has the prefix inside braces.
  for (const pattern of [`${prefix}*`, `{${prefix}*`]) {
    let cursor = '0';
    do {
      const [next, keys] = await redis.ask((client) => client.scan(cursor, 'MATCH', pattern, 'COUNT', 1000));
      if (keys.length > 0) await redis.ask((client) => client.unlink(...keys));
      cursor = next;
    } while (cursor !== '0');
  }
  await redis.close();
};

/** A Redis of a test's own, on a port of its own, that can be killed and started again with what it had on disk. */
export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Stops it from answering, with its connections left open. */
  hang(): void;
  wake(): void;
  remove(): Promise<void>;
}

export const createOwnRedis = async (...options: readonly string[]): Promise<OwnRedis> => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  let server: ChildProcess | null = null;

  const runs = (child: ChildProcess | null): child is ChildProcess =>
    child !== null && child.exitCode === null && child.signalCode === null;

  const kill = async () => {
    if (!runs(server)) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      if (runs(server)) return;
      const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
      const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
      server = spawn('redis-server', [...base, ...durable, ...options], { stdio: 'ignore' });
      await answers(port);
    },
    kill,
    hang: () => server?.kill('SIGSTOP'),
    wake: () => server?.kill('SIGCONT'),
    async remove() {
      server?.kill('SIGCONT');
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A cluster of one node that has all slots. */
export const createOwnCluster = async (): Promise<OwnRedis> => {
  const node = await createOwnRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
  await node.start();
  const redis = connectRedis({ url: node.url, log: silent });
  await redis.ask((client) => client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383'));
  // The cluster becomes ready a while later, without an event.
  for (let tries = 0; tries < 200; tries += 1) {
    const info = await redis.ask((client) => client.call('CLUSTER', 'INFO'));
    if (String(info).includes('cluster_state:ok')) break;
    await sleep(50);
  }
  await redis.close();
  return { ...node, url: `redis+cluster://127.0.0.1:${node.port}` };
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
};

/** Connects to the port until that succeeds, for ten seconds at most: there is no event when it opens. */
const answers = async (port: number): Promise<void> => {
  for (let tries = 0; tries < 400; tries += 1) {
    const socket = connect({ port, host: '127.0.0.1' });
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(25);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`redis-server did not open port ${port}`);
};
