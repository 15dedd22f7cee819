import fc from 'fast-check';
import { apply, type Command } from '../commands.ts';
import { engineModes } from '../engine.ts';
import type { Schedule } from '../schedule.ts';
import { schedule } from '../simulate.ts';
import { Violation } from '../violation.ts';
import { openServers } from './servers.ts';
import { createAdaptersWorld } from './world.ts';

export interface AdaptersOptions {
  readonly redisUrl: string;
  readonly mongodbUrl: string;
  readonly runs: number;
  readonly seed: number;
  /** The number of a schedule to replay; null: all. */
  readonly path: number | null;
  /** The number of schedules at once. */
  readonly parallel: number;
  readonly defect: string | null;
  readonly isTraced: boolean;
  readonly write: (line: string) => void;
}

export interface AdaptersResult {
  readonly schedules: number;
  readonly violation: string | null;
}

/** An answer that takes long enough for a takeover, and a reader. */
const beginning: readonly Command[] = [
  { kind: 'engine', first: 0, second: engineModes.indexOf('slow'), wait: { steps: 0 } },
  { kind: 'generate', first: 0, second: 0, wait: { ms: 1300 } },
];

/** The time of one step of virtual time, in real ms. */
const stepMs = 15;

const play = async (
  { seed, commands }: Schedule,
  options: AdaptersOptions,
  onCommand: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> => {
  const servers = await openServers(options.redisUrl, options.mongodbUrl);
  try {
    const world = await createAdaptersWorld(servers, { ...options, seed });
    try {
      const report = (line: string) => onCommand(`${world.elapsedMs().toFixed(0).padStart(7)} ms  ${line}`);
      await Promise.all([world.start().ready]);
      await world.pass(50);
      if (world.canStart()) await world.start().ready;
      for (const command of [...beginning, ...commands]) {
        if (stopped.aborted) return;
        const done = apply(world, command);
        if (done === null) continue;
        report(done);
        const { wait } = command;
        await world.pass('ms' in wait ? wait.ms : wait.steps * stepMs);
      }
      report('no more faults');
      if (!stopped.aborted) await world.settle();
    } finally {
      await world.close();
    }
  } finally {
    await servers.close();
  }
};

/**
 * Plays schedules of the seed in real time, several at once, until one violates a guarantee. Prints its commands and the
 * command that replays them; the commands are the same then, their timing isn't.
 */
export const simulateAdapters = async (options: AdaptersOptions): Promise<AdaptersResult> => {
  const { seed, runs, path, write } = options;
  const drawn = fc.sample(schedule, { seed, numRuns: path === null ? runs : path + 1 });
  const left = [...drawn.entries()].slice(path ?? 0);
  const stop = new AbortController();
  let schedules = 0;
  let violation: string | null = null;

  const playNext = async (): Promise<void> => {
    for (let next = left.shift(); next && !stop.signal.aborted; next = left.shift()) {
      const [number, one] = next;
      const lines: string[] = [];
      try {
        await play(one, options, (line) => (path === null ? lines.push(line) : write(line)), stop.signal);
        schedules += 1;
      } catch (error) {
        schedules += 1;
        if (stop.signal.aborted) return;
        stop.abort();
        violation = error instanceof Violation ? error.message : `${(error as Error).stack}`;
        for (const line of lines) write(line);
        write(`Violation: ${violation}`);
        const defect = options.defect === null ? '' : ` --defect ${options.defect}`;
        write(`Replay it: npm run simulate -- --adapters${defect} --seed ${seed} --path ${number}`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, playNext));
  return { schedules, violation };
};
