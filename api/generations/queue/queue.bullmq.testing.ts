import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createRedisBus } from '../../realtime/bus.redis.ts';
import { type openReplicas, silent } from '../../redis/server.testing.ts';
import { createBullmqQueue } from './queue.bullmq.ts';
import type { Queue } from './queue.ts';

export type Replicas = ReturnType<typeof openReplicas>;

/** Opens the queue of one more replica. `globalSlots` is the limit of all replicas together. */
export const openQueue = (replicas: Replicas, globalSlots: number | null = null): Queue => {
  const redis = replicas.replica();
  return createBullmqQueue({
    redis,
    bus: createRedisBus(redis),
    log: silent,
    globalSlots: () => globalSlots,
  });
};

/** Starts a process that takes one job, prints its id, and never ends it. */
export const startWorkerProcess = (prefix: string, url: string): ChildProcess => {
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { connectRedis } = await import(${module('../../redis/connection.ts')});
    const { createRedisBus } = await import(${module('../../realtime/bus.redis.ts')});
    const { createBullmqQueue } = await import(${module('./queue.bullmq.ts')});
    const { silent } = await import(${module('../../redis/server.testing.ts')});
    const redis = connectRedis({ url: ${JSON.stringify(url)}, prefix: ${JSON.stringify(prefix)}, log: silent });
    const queue = createBullmqQueue({ redis, bus: createRedisBus(redis), log: silent, globalSlots: () => null });
    queue.work(({ id }) => new Promise(() => process.stdout.write(id + '\\n')), () => 1);
  `;
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
};

/** Returns the first line that the process prints. */
export const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
  if (!stdout) throw new Error('the process has no output');
  const [line] = await once(createInterface(stdout), 'line');
  return String(line);
};
