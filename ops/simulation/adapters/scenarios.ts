import type { Command } from '../commands.ts';
import { engineModes } from '../engine.ts';

/** Commands that lead to one known defect. Random schedules in real time are too few to find it. */
export interface Scenario {
  /** The name of the defect. */
  readonly defect: string;
  /** Replica 1 is alone at the beginning, so that it is the one that answers. */
  readonly commands: readonly Command[];
}

const slowEngine: Command = {
  kind: 'engine',
  first: 0,
  second: engineModes.indexOf('slow'),
  wait: { steps: 0 },
};
type Ms = Extract<Command['wait'], { readonly ms: number }>['ms'];

const command = (kind: Command['kind'], ms: Ms): Command => ({ kind, first: 0, second: 0, wait: { ms } });

/** At the end of each, replica 2 takes over and completes the answer before replica 1 goes on. */
export const scenarios: readonly Scenario[] = [
  {
    // Replica 1 has text that it could not save.
    defect: 'unfenced-content',
    commands: [
      slowEngine,
      command('generate', 3000),
      command('disconnect', 1300),
      command('start', 3000),
      command('pause', 400),
    ],
  },
  {
    // Replica 1 has the whole answer, and could not save its end.
    defect: 'superseded-run-ends',
    commands: [
      slowEngine,
      command('generate', 3000),
      command('disconnect', 7000),
      command('wait', 7000),
      command('start', 3000),
      command('pause', 400),
    ],
  },
];
