import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Python packages that call the service. */
const packages = ['openai==3.54.0', 'requests==2.34.2', 'gql[httpx,websockets]==4.4.0'];

const folder = fileURLToPath(new URL('../../../.data/python-clients', import.meta.url));

/** The Python that has the packages, after `findPython`. */
export const pythonPath = `${folder}/bin/python`;

/** The timeouts of the installation and of a program, in milliseconds. */
const installTimeoutMs = 180_000;
const runTimeoutMs = 120_000;

/** Runs a program with arguments. Resolves to its output. */
export type Python = (program: string, ...args: string[]) => Promise<string>;

/**
 * Finds or installs a Python with the packages, in a kept virtual environment. Resolves to the reason if that fails.
 */
export const findPython = async (): Promise<Python | string> => {
  const check = () =>
    run(pythonPath, ['-c', 'import gql, httpx, openai, requests, websockets'], { timeout: runTimeoutMs });
  // Two suites may install at the same time: each into its own folder, and the first to finish is kept.
  const install = async () => {
    const mine = `${folder}-${process.pid}`;
    try {
      await run('python3', ['-m', 'venv', '--clear', mine], { timeout: installTimeoutMs });
      const quietly = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      await run(`${mine}/bin/python`, [...quietly, ...packages], { timeout: installTimeoutMs });
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
    (await run(pythonPath, ['-c', program, ...args], { timeout: runTimeoutMs })).stdout.trim();
};

/** Calls `describe` with a Python, or skips the suite with the reason in its title. */
export const describeWithPython = (
  python: Python | string,
  name: string,
  suite: (python: Python) => void,
): void => {
  if (typeof python === 'string') describe.skip(`${name} (skipped: ${python})`, () => suite(async () => ''));
  else describe(name, () => suite(python));
};
