import fc from 'fast-check';
import { commands } from './commands.ts';
import { play } from './schedule.ts';
import { Violation } from './violation.ts';

export interface SimulateOptions {
  readonly runs: number;
  readonly seed?: number | undefined;
  /** Replays one run of `seed`. */
  readonly path?: string | undefined;
  /** Whether it continues after a violation, and counts each kind. */
  readonly keepsGoing: boolean;
  /** Whether it prints every step of the schedule that fails. */
  readonly isTraced: boolean;
  /** Called before each schedule with its number. */
  readonly onSchedule: (run: number) => void;
  readonly write: (line: string) => void;
}

export interface SimulateResult {
  readonly seed: number;
  /** The number of schedules, without the schedules of shrinking. */
  readonly schedules: number;
  readonly steps: number;
  readonly violation: string | null;
}

/** Draws a schedule: its commands, and the seed of everything else. */
export const schedule = fc.record({ seed: fc.noShrink(fc.nat(2 ** 31 - 1)), commands });

/** Returns the kind of a violation: its message without ids, texts and numbers. */
const kindOf = (error: unknown): string =>
  `${error}`
    .replace(/"[^"]*"/g, '"…"')
    .replace(/id\d{4}|\b[0-7][0-9A-Z]{25}\b/g, 'id')
    .replace(/\d+/g, 'N');

/** Plays random schedules until one fails, shrinks that one, and prints it with the command that replays it. */
export const simulate = async (options: SimulateOptions): Promise<SimulateResult> => {
  const { write } = options;
  const kinds = new Map<string, { count: number; readonly first: string }>();
  // A path without shrinking steps is the number of the first schedule of this process.
  let run = Number(/^\d+$/.exec(options.path ?? '')?.[0] ?? 0) - 1;
  let steps = 0;
  let kindFound: string | null = null;

  const note = (error: unknown) => {
    const kind = kindOf(error);
    const known = kinds.get(kind);
    if (known) known.count += 1;
    else kinds.set(kind, { count: 1, first: `--path ${run}: ${error}` });
  };

  // Stack traces of the many errors would take a third of the time.
  Error.stackTraceLimit = 0;
  const result = await fc.check(
    fc.asyncProperty(schedule, async (one) => {
      run += 1;
      options.onSchedule(run);
      try {
        steps += await play(one);
      } catch (error) {
        if (options.keepsGoing) {
          note(error);
          return;
        }
        // While shrinking, another kind of violation doesn't count.
        kindFound ??= kindOf(error);
        if (kindOf(error) === kindFound) throw error;
      }
    }),
    {
      numRuns: options.runs,
      ...(options.seed !== undefined && { seed: options.seed }),
      ...(options.path !== undefined && { path: options.path }),
    },
  );
  const { seed, numRuns: schedules } = result;
  for (const { count, first } of kinds.values()) write(`${count} × ${first}`);
  if (!result.failed) return { seed, schedules, steps, violation: kinds.size > 0 ? 'see above' : null };

  const [counterexample] = result.counterexample ?? [];
  Error.stackTraceLimit = 10;
  let violation = `not reproduced: ${result.errorInstance}`;
  if (counterexample) {
    try {
      await play(counterexample, { onCommand: write, ...(options.isTraced && { trace: write }) });
    } catch (error) {
      violation = error instanceof Violation ? error.message : `${(error as Error).stack}`;
    }
  }
  write(`Violation: ${violation}`);
  write(`Replay it: npm run simulate -- --seed ${seed} --path ${result.counterexamplePath}`);
  return { seed, schedules, steps, violation };
};
