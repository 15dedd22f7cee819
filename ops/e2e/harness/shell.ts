import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How long a command may take, in milliseconds. */
const maxMs = 120_000;

/** Runs a command line as it would be typed; resolves to what it printed. */
export const shell = async (command: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], { timeout: maxMs })).stdout.trim();

/** Which of these programs are not installed. */
export const missingPrograms = async (...programs: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    programs.map((program) => shell(`command -v ${program}`).catch(() => null)),
  );
  return programs.filter((_, index) => found[index] === null);
};

/** `describe` where nothing is lacking, else a skipped one that says what is. */
export const describeWithPrograms = (lacking: readonly string[], name: string, suite: () => void): void => {
  if (lacking.length === 0) describe(name, suite);
  else describe.skip(`${name} (skipped: no ${lacking.join(', no ')})`, suite);
};
