import { apply, type Command } from './commands.ts';
import { openStore, type SimulatedStore } from './store.ts';
import { createWorld, type WorldOptions } from './world.ts';

let store: SimulatedStore | null = null;

export interface Schedule {
  /** Decides the order of everything that the commands leave open. */
  readonly seed: number;
  readonly commands: readonly Command[];
}

/** Plays one schedule to its end. Throws a `Violation`. `say` gets each command as it is applied. */
export const play = async (
  { seed, commands }: Schedule,
  options: WorldOptions & { readonly say?: (line: string) => void } = {},
): Promise<number> => {
  store ??= openStore();
  const world = createWorld(store, seed, options);
  const say = (line: string) => {
    options.say?.(`${String(world.scheduler.now).padStart(7)} ms  ${line}`);
    options.trace?.(`--- ${line}`);
  };
  world.start();
  world.start();
  const first: Command = { kind: 'generate', first: 0, second: 0, wait: { ms: 400 } };
  for (const command of [first, ...commands]) {
    const done = apply(world, command);
    if (done === null) continue;
    say(done);
    if ('ms' in command.wait) await world.step(command.wait.ms);
    else for (let count = 0; count < command.wait.steps; count += 1) await world.step(null);
  }
  say('no more faults');
  await world.settle();
  return world.scheduler.steps;
};
