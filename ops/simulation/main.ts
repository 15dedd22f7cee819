import { parseArgs } from 'node:util';
import { applyDefect } from './defects.ts';
import { processesFor, simulateInShards } from './shards.ts';
import { printTable } from './table.ts';
import { installVirtualTime } from './virtualTime.ts';
import { startWatchdog } from './watchdog.ts';

const usage = `npm run simulate -- [options]
  --runs N        schedules to play (20000)
  --processes N   number of processes (one for each core)
  --seed N        the seed (a random one, which is printed)
  --path P        replays one schedule of the seed
  --trace         prints every step of a schedule that fails
  --keep-going    continues after a violation, and prints the number of each kind
  --defect NAME   applies a known defect first
  --defects       prints the number of schedules that find each known defect
  --adapters      plays schedules in real time on the Redis and MongoDB adapters, with replicas in processes of their own
                  behind proxies; needs REDIS_URL and MONGODB_URL; --runs is 40 unless given. With --defects, plays
                  a list of commands for each defect that these adapters can have
  --parallel N    schedules at once with --adapters (2)`;

const write = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    processes: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    defect: { type: 'string' },
    defects: { type: 'boolean', default: false },
    adapters: { type: 'boolean', default: false },
    parallel: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs ?? (values.adapters ? 40 : 20_000));
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

const isWhole = values.path === undefined && values.defect === undefined && !values.trace;
const processes = isWhole ? Number(values.processes ?? processesFor(runs)) : 1;
const clock = process.hrtime.bigint;

const summary = (startedAt: bigint, isViolated: boolean, schedules: number, steps: number): string => {
  const seconds = Number(clock() - startedAt) / 1e9;
  const verdict = isViolated ? 'a violation found after' : 'no violation in';
  return `seed ${seed}: ${verdict} ${schedules} schedules (${steps} steps, ${seconds.toFixed(1)} s)`;
};

if (values.help) write(usage);
else if (values.adapters) {
  const { serverUrls } = await import('./adapters/servers.ts');
  const servers = serverUrls();
  if ('missing' in servers) {
    write(
      `${servers.missing} is not set. Set it to the URL of a real server; its data of this run is deleted afterwards.`,
    );
    process.exitCode = 2;
  } else {
    const { printScenarios, simulateAdapters } = await import('./adapters/simulate.ts');
    const startedAt = clock();
    if (values.defects) {
      const isComplete = await printScenarios({ ...servers, isTraced: values.trace, write });
      process.exit(isComplete ? 0 : 1);
    }
    const { schedules, violation } = await simulateAdapters({
      ...servers,
      runs,
      seed,
      path: values.path === undefined ? null : Number(values.path),
      parallel: Number(values.parallel),
      defect: values.defect ?? null,
      isTraced: values.trace,
      write,
    });
    const seconds = (Number(clock() - startedAt) / 1e9).toFixed(1);
    const verdict = violation === null ? 'no violation in' : 'a violation found after';
    write(`seed ${seed}: ${verdict} ${schedules} schedules on Redis and MongoDB (${seconds} s)`);
    process.exitCode = violation === null ? 0 : 1;
  }
} else if (values.defects) process.exitCode = (await printTable(runs, seed, write)) ? 0 : 1;
else if (processes > 1) {
  const startedAt = clock();
  const keepsGoing = values['keep-going'];
  const result = await simulateInShards({ runs, seed, processes, keepsGoing, write });
  write(summary(startedAt, result.isViolated, result.schedules, result.steps));
  process.exitCode = result.isViolated ? 1 : 0;
} else {
  const startedAt = clock();
  const onSchedule = startWatchdog((run) => `Replay it: npm run simulate -- --seed ${seed} --path ${run}`);
  if (values.defect !== undefined) applyDefect(values.defect);
  installVirtualTime();
  const { simulate } = await import('./simulate.ts');
  const result = await simulate({
    runs,
    seed,
    path: values.path,
    keepsGoing: values['keep-going'],
    isTraced: values.trace,
    onSchedule,
    write,
  });
  const isViolated = result.violation !== null;
  write(summary(startedAt, isViolated, result.schedules, result.steps));
  process.exitCode = isViolated ? 1 : 0;
}
