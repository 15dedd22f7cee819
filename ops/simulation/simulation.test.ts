import { defects } from './defects.ts';
import { startSimulation } from './shards.ts';
import { find } from './table.ts';

/** Fixed, so that a failure here is one everywhere; `npm run simulate` draws another one each time. */
const seed = 1;
const limitMs = 180_000;

const runSimulation = (args: readonly string[]) => startSimulation(args).ended;

describe('the simulated service', () => {
  it(
    `breaks no promise in 2,000 schedules of seed ${seed}`,
    async () => {
      const { code, output } = await runSimulation(['--runs', '2000', '--seed', `${seed}`]);
      expect(output).toContain(`seed ${seed}: no violation in 2000 schedules`);
      expect(code).toBe(0);
    },
    limitMs,
  );

  it.each(defects)(
    'shows the defect $name when it is put back',
    async (defect) => {
      const { schedules, violation } = await find(defect, 4000, seed);
      expect({ schedules, violation }).toEqual({
        schedules: expect.any(Number),
        violation: expect.any(String),
      });
    },
    limitMs,
  );

  it(
    'replays a violation exactly, by its seed and path',
    async () => {
      const name = defects[0]?.name ?? '';
      const found = await runSimulation(['--defect', name, '--seed', `${seed}`]);
      const path = /--path (\S+)/.exec(found.output)?.[1] ?? '';
      const again = await runSimulation(['--defect', name, '--seed', `${seed}`, '--path', path]);
      const told = (output: string) => output.split('\n').filter((line) => !line.startsWith('seed '));
      expect(told(again.output)).toEqual(told(found.output));
    },
    limitMs,
  );

  it(
    'refuses a defect that there is none of',
    async () => {
      const { code, output } = await runSimulation(['--defect', 'none']);
      expect(output).toContain('There is no defect "none".');
      expect(code).not.toBe(0);
    },
    limitMs,
  );
});
