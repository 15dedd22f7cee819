import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The timeout of an installation, in ms. */
const installTimeoutMs = 5 * 60_000;

/** The folder of the installed clients, outside of this repository. */
const cache = process.env.CLIENTS_CACHE || join(homedir(), '.cache', 'ziggie-clients');

/** Returns the folder of an installation. Installs into a folder beside it first, so that it is never half there. */
const installed = async (
  kind: string,
  packages: readonly string[],
  install: (folder: string) => Promise<void>,
): Promise<string> => {
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 16);
  const folder = join(cache, `${kind}-${digest}`);
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  if (exists) return folder;
  const mine = `${folder}-${process.pid}`;
  try {
    await mkdir(mine, { recursive: true });
    await install(mine);
    await rename(mine, folder);
  } finally {
    await rm(mine, { recursive: true, force: true });
  }
  return folder;
};

/** Installs npm packages of exact versions. Returns the folder that has their `node_modules`. */
export const npmFolder = (packages: Readonly<Record<string, string>>): Promise<string> => {
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  return installed('npm', names, async (target) => {
    await writeFile(join(target, 'package.json'), '{"private":true,"type":"module"}');
    const quietly = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...names];
    await run('npm', quietly, { cwd: target, timeout: installTimeoutMs });
  });
};

/** Installs npm packages of exact versions. Returns the URLs of the modules `loaded`. */
export const installNpm = async (
  packages: Readonly<Record<string, string>>,
  loaded: readonly string[],
): Promise<string[]> => {
  const folder = await npmFolder(packages);
  const require = createRequire(join(folder, 'package.json'));
  return loaded.map((name) => pathToFileURL(require.resolve(name)).href);
};

/** Installs Python packages of exact versions into a virtual environment. Returns its Python. */
export const installPython = async (packages: readonly string[]): Promise<string> => {
  const folder = await installed('python', packages, async (target) => {
    await run('python3', ['-m', 'venv', target], { timeout: installTimeoutMs });
    const quietly = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(join(target, 'bin', 'python'), [...quietly, ...packages], { timeout: installTimeoutMs });
  });
  return join(folder, 'bin', 'python');
};
