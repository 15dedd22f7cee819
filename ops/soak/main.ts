import { parseArgs } from 'node:util';
import { hasRedisServer } from '../e2e/harness/redis.ts';
import { soak } from './soak.ts';

const usage = `npm run soak -- [options]     needs MONGODB_URL, and redis-server in PATH
  --minutes N     the time with faults (10)
  --readers N     the number of readers (50)
  --seed N        the seed of all random choices (a random one, which is printed)
  --logs FOLDER   writes the log of each replica to this folder`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    readers: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 20)) },
    logs: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, readers, seed] = [Number(values.minutes), Number(values.readers), Number(values.seed)];
const write = (line: string) => process.stdout.write(`${line}\n`);

const problem = (): string | null => {
  if (!(minutes > 0)) return `--minutes must be a positive number, not "${values.minutes}".`;
  if (!(Number.isInteger(readers) && readers > 0)) {
    return `--readers must be a positive integer, not "${values.readers}".`;
  }
  if (!Number.isInteger(seed)) return `--seed must be an integer, not "${values.seed}".`;
  if (!process.env.MONGODB_URL) return 'MONGODB_URL is not set. Set it to the URL of a MongoDB server.';
  return hasRedisServer() ? null : 'redis-server is not in PATH. Install Redis.';
};

if (values.help) write(usage);
else if (problem() !== null) {
  write(`${problem()}\n\n${usage}`);
  process.exitCode = 2;
} else {
  write(`seed ${seed}: three replicas, ${readers} readers, ${minutes} minutes`);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const { violations } = await soak({
    seconds: minutes * 60,
    readers,
    seed,
    logs: values.logs ?? null,
    log: write,
  });
  const verdict = violations.length === 0 ? 'no violation' : `${violations.length} violations`;
  write(`seed ${seed}: ${verdict}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
