import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What Python's users call the service with. */
const packages = ['openai==3.54.0', 'requests==2.34.2', 'gql[httpx,websockets]==4.4.0'];

const folder = fileURLToPath(new URL('../../../.data/python-clients', import.meta.url));

/** The Python that has them, once `findPython` has found it. */
export const pythonPath = `${folder}/bin/python`;

/** How long the packages may take to come, and a program to run, in milliseconds. */
const installMs = 180_000;
const runMs = 120_000;

/** Runs a program with arguments after it; resolves to what it printed. */
export type Python = (program: string, ...args: string[]) => Promise<string>;

/** A Python with what users call the service with, in an environment of its own that is kept; or why there is none. */
export const findPython = async (): Promise<Python | string> => {
  const check = () =>
    run(pythonPath, ['-c', 'import gql, httpx, openai, requests, websockets'], { timeout: runMs });
  // Two suites may find none at the same time: each makes its own, and the first to be ready is kept.
  const install = async () => {
    const mine = `${folder}-${process.pid}`;
    try {
      await run('python3', ['-m', 'venv', '--clear', mine], { timeout: installMs });
      const quietly = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      await run(`${mine}/bin/python`, [...quietly, ...packages], { timeout: installMs });
      if (await check().catch(() => null)) return;
      await rm(folder, { recursive: true, force: true });
      await rename(mine, folder);
    } finally {
      await rm(mine, { recursive: true, force: true });
    }
  };
  try {
    await check().catch(install);
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return `no Python with its packages: ${line}`;
  }
  return async (program, ...args) =>
    (await run(pythonPath, ['-c', program, ...args], { timeout: runMs })).stdout.trim();
};

/** `describe` with a Python, or a skipped one that says why there is none. */
export const describeWithPython = (
  python: Python | string,
  name: string,
  suite: (python: Python) => void,
): void => {
  if (typeof python === 'string') describe.skip(`${name} (skipped: ${python})`, () => suite(async () => ''));
  else describe(name, () => suite(python));
};
