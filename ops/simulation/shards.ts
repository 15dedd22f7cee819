import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** The minimum number of schedules per process: with fewer, starting a process costs more than it saves. */
const minPerProcess = 500;

/** Returns the fastest number of processes for this number of schedules. */
export const processesFor = (runs: number): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor(runs / minPerProcess)));

export interface Ended {
  /** Null if a signal ended the process. */
  readonly code: number | null;
  /** Its output, including errors. */
  readonly output: string;
}

/** Starts the simulation in another process. */
export const startSimulation = (
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args]);
  let output = '';
  const collect = (data: Buffer) => {
    output += data;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
};

/**
 * The maximum number of schedules of a shard, which is a process's life: its memory stays small, and what it found is
 * printed when it ends.
 */
const maxPerShard = 20_000;

/** A part of a run's schedules: those with the numbers `from` to `to - 1`. */
interface Shard {
  readonly from: number;
  readonly to: number;
}

/** Divides schedules into shards of about the same size, and as many as a multiple of the processes. */
const shardsOf = (runs: number, processes: number): readonly Shard[] => {
  const count = processes * Math.ceil(runs / processes / maxPerShard);
  const bound = (index: number) => Math.floor((runs * index) / count);
  return Array.from({ length: count }, (_, index) => ({ from: bound(index), to: bound(index + 1) }));
};

export interface ShardsOptions {
  readonly runs: number;
  readonly seed: number;
  readonly processes: number;
  readonly keepsGoing: boolean;
  readonly write: (line: string) => void;
}

export interface ShardsResult {
  readonly schedules: number;
  readonly steps: number;
  readonly isViolated: boolean;
}

/**
 * Plays the schedules of one seed in several processes, each a part of them at a time. The first violation stops the others,
 * unless `keepsGoing`. Its path is the same as in one process, so it is replayed in the same way.
 */
export const simulateInShards = async (options: ShardsOptions): Promise<ShardsResult> => {
  const { runs, seed, processes, keepsGoing, write } = options;
  const waiting = [...shardsOf(runs, processes)];
  const isLong = waiting.length > processes;
  const running = new Set<ChildProcess>();
  let [schedules, steps, isViolated] = [0, 0, false];

  const play = async ({ from, to }: Shard) => {
    const { child, ended } = startSimulation([
      ...['--seed', `${seed}`, '--runs', `${to - from}`, '--processes', '1'],
      ...(from > 0 ? ['--path', `${from}`] : []),
      ...(keepsGoing ? ['--keep-going'] : []),
    ]);
    running.add(child);
    const { code, output } = await ended;
    running.delete(child);
    const lines = output.trimEnd().split('\n');
    const counts = /(\d+) schedules \((\d+) steps/.exec(lines.at(-1) ?? '');
    schedules += Number(counts?.[1] ?? 0);
    steps += Number(counts?.[2] ?? 0);
    // Killed, because another process has found a violation.
    if (child.killed) return;
    if (code !== 0) {
      isViolated = true;
      for (const line of counts ? lines.slice(0, -1) : lines) write(line);
    }
    if (isLong)
      write(`${schedules} of ${runs} schedules, ${isViolated ? 'violations above' : 'no violation'}`);
    if (code === 0 || keepsGoing) return;
    waiting.length = 0;
    for (const other of running) other.kill();
  };
  const playAll = async () => {
    for (let shard = waiting.shift(); shard; shard = waiting.shift()) await play(shard);
  };
  await Promise.all(Array.from({ length: processes }, playAll));
  return { schedules, steps, isViolated };
};
