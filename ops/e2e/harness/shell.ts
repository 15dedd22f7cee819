import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The timeout of a command, in milliseconds. */
const timeoutMs = 120_000;

/** Runs a command line in bash. Resolves to its output. */
export const shell = async (command: string): Promise<string> =>
  (
    await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], { timeout: timeoutMs })
  ).stdout.trim();

/** Resolves to the programs that are not installed. */
export const missingPrograms = async (...programs: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    programs.map((program) => shell(`command -v ${program}`).catch(() => null)),
  );
  return programs.filter((_, index) => found[index] === null);
};

/** Calls `describe` if no program is missing; otherwise skips the suite with the reason in its title. */
export const describeWithPrograms = (missing: readonly string[], name: string, suite: () => void): void => {
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} (skipped: no ${missing.join(', no ')})`, suite);
};
