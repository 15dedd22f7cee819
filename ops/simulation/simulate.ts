import fc from 'fast-check';
import { commands } from './commands.ts';
import { play } from './schedule.ts';
import { Violation } from './violation.ts';

export interface SimulateOptions {
  readonly runs: number;
  readonly seed?: number | undefined;
  /** Replays one run of `seed`. */
  readonly path?: string | undefined;
  /** Whether it goes on after a violation, to see of which kinds there are. */
  readonly keepsGoing: boolean;
  /** Prints every step of the schedule that it ends with. */
  readonly isTraced: boolean;
  /** Called before each schedule with its number. */
  readonly begins: (run: number) => void;
  readonly write: (line: string) => void;
}

export interface SimulateResult {
  readonly seed: number;
  /** Schedules that were played, those that shorten a violation not counted. */
  readonly schedules: number;
  readonly steps: number;
  readonly violation: string | null;
}

const schedule = fc.record({ seed: fc.noShrink(fc.nat(2 ** 31 - 1)), commands });

/** What a violation is about, without its ids, texts and numbers. */
const kindOf = (error: unknown): string =>
  `${error}`
    .replace(/"[^"]*"/g, '"…"')
    .replace(/id\d{4}|\b[0-7][0-9A-Z]{25}\b/g, 'id')
    .replace(/\d+/g, 'N');

/** Plays random schedules until one breaks a promise, shortens that one, and prints it with how to replay it. */
export const simulate = async (options: SimulateOptions): Promise<SimulateResult> => {
  const { write } = options;
  const kinds = new Map<string, { count: number; readonly first: string }>();
  // A path without steps of shortening is where this part of the schedules begins.
  let run = Number(/^\d+$/.exec(options.path ?? '')?.[0] ?? 0) - 1;
  let steps = 0;
  let kindFound: string | null = null;

  const note = (error: unknown) => {
    const kind = kindOf(error);
    const known = kinds.get(kind);
    if (known) known.count += 1;
    else kinds.set(kind, { count: 1, first: `--path ${run}: ${error}` });
  };

  // Errors are many, and their stacks would cost a third of the time.
  Error.stackTraceLimit = 0;
  const result = await fc.check(
    fc.asyncProperty(schedule, async (one) => {
      run += 1;
      options.begins(run);
      try {
        steps += await play(one);
      } catch (error) {
        if (options.keepsGoing) {
          note(error);
          return;
        }
        // A shorter list that shows another violation is not a shorter form of this one.
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
      await play(counterexample, { say: write, ...(options.isTraced && { trace: write }) });
    } catch (error) {
      violation = error instanceof Violation ? error.message : `${(error as Error).stack}`;
    }
  }
  write(`Violation: ${violation}`);
  write(`Replay it: npm run simulate -- --seed ${seed} --path ${result.counterexamplePath}`);
  return { seed, schedules, steps, violation };
};
