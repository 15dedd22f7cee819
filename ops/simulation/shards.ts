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
 * Plays the schedules of one seed in several processes, each a part of them. The first violation stops the others, unless
 * `keepsGoing`. Its path is the same as in one process, so it is replayed in the same way.
 */
export const simulateInShards = async (options: ShardsOptions): Promise<ShardsResult> => {
  const { runs, seed, processes, keepsGoing, write } = options;
  const bounds = Array.from({ length: processes + 1 }, (_, index) => Math.floor((runs * index) / processes));
  const shards = bounds.slice(1).map((to, index) => {
    const from = bounds[index] ?? 0;
    const args = ['--seed', `${seed}`, '--runs', `${to - from}`, '--processes', '1'];
    return startSimulation([
      ...args,
      ...(from > 0 ? ['--path', `${from}`] : []),
      ...(keepsGoing ? ['--keep-going'] : []),
    ]);
  });
  let [schedules, steps, isViolated] = [0, 0, false];
  await Promise.all(
    shards.map(async ({ child, ended }) => {
      const { code, output } = await ended;
      const lines = output.trimEnd().split('\n');
      const counts = /(\d+) schedules \((\d+) steps/.exec(lines.at(-1) ?? '');
      schedules += Number(counts?.[1] ?? 0);
      steps += Number(counts?.[2] ?? 0);
      // Killed, because another process has found a violation.
      if (code === 0 || child.killed) return;
      isViolated = true;
      for (const line of counts ? lines.slice(0, -1) : lines) write(line);
      if (!keepsGoing) for (const other of shards) other.child.kill();
    }),
  );
  return { schedules, steps, isViolated };
};
