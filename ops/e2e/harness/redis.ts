import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Returns whether redis-server is installed. */
export const hasRedisServer = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** A Redis process for one test, which can kill and restart it. It persists to an append-only file. */
export interface RedisProcess {
  readonly url: string;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

const startTimeoutMs = 10_000;

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

export const startRedis = async (folder: string): Promise<RedisProcess> => {
  const port = await freePort();
  let child: ChildProcess | null = null;

  const start = async () => {
    const flags = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--save',
      '',
    ];
    child = spawn('redis-server', flags, { stdio: 'ignore' });
    await untilReady(port);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async kill() {
      if (child?.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};

/** Resolves when Redis answers PING. While it loads its file, it accepts connections but no commands. */
const untilReady = async (port: number): Promise<void> => {
  const giveUpAt = Date.now() + startTimeoutMs;
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.write('PING\r\n');
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.once('data', (reply) => resolve(String(reply)));
    socket.once('close', () => resolve(''));
    const reply = await promise;
    socket.destroy();
    if (reply.startsWith('+PONG')) return;
    if (Date.now() > giveUpAt) throw new Error(`redis-server does not answer on port ${port}`);
    await sleep(50);
  }
};
