import { type Defect, defects } from './defects.ts';
import { startSimulation } from './shards.ts';

export interface Found {
  readonly defect: Defect;
  /** The number of schedules until it was found; null if it wasn't. */
  readonly schedules: number | null;
  readonly violation: string;
}

/** Applies one defect and counts the schedules until it is found. */
export const findDefect = async (defect: Defect, runs: number, seed: number): Promise<Found> => {
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

/** Prints the number of schedules that find each defect. Returns false if one isn't found. */
export const printTable = async (
  runs: number,
  seed: number,
  write: (line: string) => void,
): Promise<boolean> => {
  let isComplete = true;
  write(`| defect | schedules until found (seed ${seed}, at most ${runs}) | violation |`);
  write('| --- | ---: | --- |');
  for (const defect of defects) {
    const { schedules, violation } = await findDefect(defect, runs, seed);
    if (schedules === null) isComplete = false;
    write(
      `| ${defect.name}: ${defect.describes} | ${schedules ?? 'not found'} | ${violation.slice(0, 160)} |`,
    );
  }
  return isComplete;
};
