import { type Defect, defects } from './defects.ts';
import { startSimulation } from './shards.ts';

export interface Found {
  readonly defect: Defect;
  /** How many schedules it took; null where none showed it. */
  readonly schedules: number | null;
  readonly violation: string;
}

/** Puts one defect back and looks how many schedules it takes to find it. */
export const find = async (defect: Defect, runs: number, seed: number): Promise<Found> => {
  const { output } = await startSimulation([
    '--defect',
    defect.name,
    '--runs',
    `${runs}`,
    '--seed',
    `${seed}`,
  ]).ended;
  const schedules = /found after (\d+) schedules/.exec(output)?.[1];
  const violation = /^Violation: (.*)$/m.exec(output)?.[1] ?? output.trim();
  return { defect, schedules: schedules === undefined ? null : Number(schedules), violation };
};

/** Prints, for each defect, how many schedules find it. False where one is not found. */
export const printTable = async (
  runs: number,
  seed: number,
  write: (line: string) => void,
): Promise<boolean> => {
  let isComplete = true;
  write(`| defect | schedules until found (seed ${seed}, at most ${runs}) | violation |`);
  write('| --- | ---: | --- |');
  for (const defect of defects) {
    const { schedules, violation } = await find(defect, runs, seed);
    if (schedules === null) isComplete = false;
    write(
      `| ${defect.name}: ${defect.describes} | ${schedules ?? 'not found'} | ${violation.slice(0, 160)} |`,
    );
  }
  return isComplete;
};
