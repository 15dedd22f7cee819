import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { startClients } from './load/clientProcess.ts';
import { type BenchProcess, type ServiceProcess, startServerProgram, startService } from './processes.ts';
import type { Bench, Target } from './scenarios/scenario.ts';

export interface BenchOptions {
  readonly isShort: boolean;
  /** The streams of the scenario `tokens`, and the tokens per second of each. */
  readonly steady: Bench['steady'];
  /** The root of the checkout to compare with; null: none. */
  readonly base: string | null;
  /** Whether the service uses the Redis and the MongoDB of `REDIS_URL` and `MONGODB_URL`. */
  readonly isScaled: boolean;
  /** The folder for CPU profiles of the service; null: no profile, which would cost CPU itself. */
  readonly profiles: string | null;
}

/** The slots of each Ollama, and the minimum number of Ollamas. */
const slots = 64;
const minUpstreams = 4;

const ownRoot = fileURLToPath(new URL('../..', import.meta.url));

const pidOfRedis = async (url: string): Promise<number> => {
  const redis = new Redis(url);
  const pid = /process_id:(\d+)/.exec(await redis.info('server'))?.[1];
  redis.disconnect();
  return Number(pid);
};

/** Returns 0 if the server doesn't say it. */
const pidOfMongo = async (url: string): Promise<number> => {
  const client = new MongoClient(url);
  try {
    return Number((await client.db('admin').command({ serverStatus: 1 })).pid ?? 0);
  } catch {
    return 0;
  } finally {
    await client.close();
  }
};

const databasesOf = async (
  env: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> => {
  const { REDIS_URL, MONGODB_URL } = env;
  if (!REDIS_URL || !MONGODB_URL) return {};
  const mongo = Number(process.env.BENCH_MONGODB_PID) || (await pidOfMongo(MONGODB_URL));
  return { Redis: await pidOfRedis(REDIS_URL), ...(mongo > 0 && { MongoDB: mongo }) };
};

const scaledEnv = (name: string): Readonly<Record<string, string>> => {
  const { REDIS_URL, MONGODB_URL } = process.env;
  if (!REDIS_URL || !MONGODB_URL) {
    throw new Error('--scaled needs a Redis in REDIS_URL and a MongoDB in MONGODB_URL.');
  }
  // Each checkout has its own database in both: otherwise they would run each other's answers.
  const database = new URL(MONGODB_URL);
  database.pathname = `/bench-${name}-${process.pid}`;
  const keys = new URL(REDIS_URL);
  keys.pathname = name === 'base' ? '/1' : '/2';
  return { REDIS_URL: keys.href, MONGODB_URL: database.href };
};

/** Starts the upstream and the servers. */
export const openBench = async (options: BenchOptions): Promise<Bench & { close(): Promise<void> }> => {
  const { isShort, steady, base, isScaled, profiles } = options;
  const roots = [...(base ? [{ name: 'base', root: base }] : []), { name: 'service', root: ownRoot }];
  const running: BenchProcess[] = [];
  const keep = <Process extends BenchProcess>(started: Process): Process => {
    running.push(started);
    return started;
  };
  const close = async () => {
    await Promise.all(running.map((each) => each.stop()));
  };
  try {
    const upstreams = Math.max(minUpstreams, Math.ceil(steady.streams / slots));
    const upstream = keep(await startServerProgram('servers/upstream.ts', [String(upstreams)], 'others'));
    const floor = keep(await startServerProgram('servers/floor.ts', [upstream.url], 'server'));
    const stock = keep(await startServerProgram('servers/stock.ts', [upstream.url], 'server'));
    const start = (name: string, root: string): Promise<ServiceProcess> =>
      startService({
        root,
        upstreams: upstream.urls,
        env: isScaled ? scaledEnv(name) : {},
        flags: profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}/${name}`] : [],
      });
    const services: Target[] = [];
    for (const { name, root } of roots) {
      const server = keep(await start(name, root));
      services.push(
        { name: `${name}, graphql-ws`, server, protocol: 'graphql' },
        { name: `${name}, REST`, server, protocol: 'ollama' },
        { name: `${name}, OpenAI`, server, protocol: 'openai' },
      );
    }
    return {
      floor: { name: 'floor', server: floor, protocol: 'pipe' },
      stock: { name: 'stock, graphql-ws', server: stock, protocol: 'stock' },
      services,
      isShort,
      steady,
      databases: await databasesOf(isScaled ? scaledEnv('') : {}),
      startClients,
      async *startServices() {
        for (const { name, root } of roots) yield { name, service: await start(name, root) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
