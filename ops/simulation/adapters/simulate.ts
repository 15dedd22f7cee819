import fc from 'fast-check';
import { apply, type Command } from '../commands.ts';
import { engineModes } from '../engine.ts';
import type { Schedule } from '../schedule.ts';
import { schedule } from '../simulate.ts';
import { Violation } from '../violation.ts';
import { type Scenario, scenarios } from './scenarios.ts';
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

type PlayOptions = Pick<AdaptersOptions, 'redisUrl' | 'mongodbUrl' | 'defect' | 'isTraced'>;

/** Plays one schedule. Throws a `Violation`. */
const play = async (
  { seed, commands }: Schedule,
  { isAlone = false, ...options }: PlayOptions & { readonly isAlone?: boolean },
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
      if (!isAlone && world.canStart()) await world.start().ready;
      for (const command of commands) {
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
        const commands = [...beginning, ...one.commands];
        await play(
          { ...one, commands },
          options,
          (line) => (path === null ? lines.push(line) : write(line)),
          stop.signal,
        );
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

const maxPlays = 3;

/** Returns what a scenario violates; null if nothing. Throws if it fails for another reason. */
const violationOf = async ({ commands }: Scenario, options: PlayOptions): Promise<string | null> => {
  try {
    await play({ seed: 1, commands }, { ...options, isAlone: true }, () => {}, new AbortController().signal);
    return null;
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
};

/** Plays a scenario until it violates something: whether a defect shows depends on the order of replies. */
const findViolation = async (scenario: Scenario, options: PlayOptions): Promise<string | null> => {
  for (let plays = 1; ; plays += 1) {
    const found = await violationOf(scenario, options);
    if (found !== null || plays === maxPlays) return found;
  }
};

/**
 * Waits until all have ended, then rejects with an error if one failed: replicas that are paused would outlive a process that
 * ends before.
 */
const allEnded = async <Result>(playing: readonly Promise<Result>[]): Promise<readonly Result[]> => {
  await Promise.allSettled(playing);
  return Promise.all(playing);
};

/**
 * Plays each scenario with its defect, up to `maxPlays` times, and once without, all at once, and prints what each
 * violates. Returns whether each violates something with its defect, and nothing without.
 */
export const printScenarios = async (
  options: Pick<AdaptersOptions, 'redisUrl' | 'mongodbUrl' | 'isTraced' | 'write'>,
): Promise<boolean> => {
  const { write } = options;
  const rows = await allEnded(
    scenarios.map(async (scenario) => {
      const [found = null, without = null] = await allEnded([
        findViolation(scenario, { ...options, defect: scenario.defect }),
        violationOf(scenario, { ...options, defect: null }),
      ]);
      return { defect: scenario.defect, found, without };
    }),
  );
  write('| defect | violation with it | violation without it |');
  write('| --- | --- | --- |');
  for (const { defect, found, without } of rows) {
    write(`| ${defect} | ${found ?? 'not found'} | ${without ?? 'none'} |`);
  }
  return rows.every(({ found, without }) => found !== null && without === null);
};
