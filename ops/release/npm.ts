import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../api/process/root.ts';

/** The time that one command of npm has, in ms. */
const timeoutMs = 60_000;
const maxOutputBytes = 64 * 1024 * 1024;

/** Runs npm in the repository, and returns its standard output. A failed command prints its report too. */
export const npm = async (args: readonly string[]): Promise<string> => {
  const options = { cwd: root, timeout: timeoutMs, maxBuffer: maxOutputBytes };
  try {
    return (await promisify(execFile)('npm', args, options)).stdout;
  } catch (error) {
    const { stdout, code } = error as { stdout?: string; code?: unknown };
    if (typeof code === 'number' && stdout) return stdout;
    throw error;
  }
};
