import { defects } from './defects.ts';
import { startSimulation } from './shards.ts';
import { findDefect } from './table.ts';

/** Fixed, so that the test is repeatable; `npm run simulate` uses a new one each time. */
const seed = 1;
const limitMs = 180_000;

const runSimulation = (args: readonly string[]) => startSimulation(args).ended;

describe('the simulated service', () => {
  it(
    `violates nothing in 2,000 schedules of seed ${seed}`,
    async () => {
      const { code, output } = await runSimulation(['--runs', '2000', '--seed', `${seed}`]);
      expect(output).toContain(`seed ${seed}: no violation in 2000 schedules`);
      expect(code).toBe(0);
    },
    limitMs,
  );

  it.each(defects)(
    'finds the defect $name when it is applied',
    async (defect) => {
      const { schedules, violation } = await findDefect(defect, 4000, seed);
      expect({ schedules, violation }).toEqual({
        schedules: expect.any(Number),
        violation: expect.any(String),
      });
    },
    limitMs,
  );

  it(
    'replays a violation exactly by seed and path',
    async () => {
      const name = defects[0]?.name ?? '';
      const found = await runSimulation(['--defect', name, '--seed', `${seed}`]);
      const path = /--path (\S+)/.exec(found.output)?.[1] ?? '';
      expect(path).not.toBe('');
      const again = await runSimulation(['--defect', name, '--seed', `${seed}`, '--path', path]);
      const reported = (output: string) => output.split('\n').filter((line) => !line.startsWith('seed '));
      expect(reported(again.output)).toEqual(reported(found.output));
    },
    limitMs,
  );

  it(
    'rejects an unknown defect',
    async () => {
      const { code, output } = await runSimulation(['--defect', 'none']);
      expect(output).toContain('There is no defect "none".');
      expect(code).not.toBe(0);
    },
    limitMs,
  );
});
