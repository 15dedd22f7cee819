import { apply, type Command } from './commands.ts';
import { openStore, type SimulatedStore } from './store.ts';
import { createWorld, type WorldOptions } from './world.ts';

let store: SimulatedStore | null = null;

export interface Schedule {
  /** The seed of all random choices beside the commands. */
  readonly seed: number;
  readonly commands: readonly Command[];
}

/** Plays one schedule to its end. `onCommand` gets each command when it is applied. Throws a `Violation`. */
export const play = async (
  { seed, commands }: Schedule,
  options: WorldOptions & { readonly onCommand?: (line: string) => void } = {},
): Promise<number> => {
  store ??= openStore();
  const world = createWorld(store, seed, options);
  const report = (line: string) => {
    options.onCommand?.(`${String(world.scheduler.now).padStart(7)} ms  ${line}`);
    options.trace?.(`--- ${line}`);
  };
  world.start();
  world.start();
  const first: Command = { kind: 'generate', first: 0, second: 0, wait: { ms: 400 } };
  for (const command of [first, ...commands]) {
    const done = apply(world, command);
    if (done === null) continue;
    report(done);
    if ('ms' in command.wait) await world.step(command.wait.ms);
    else for (let count = 0; count < command.wait.steps; count += 1) await world.step(null);
  }
  report('no more faults');
  await world.settle();
  return world.scheduler.steps;
};
