import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repo = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The timeout of packing and of installing, in milliseconds. */
const maxMs = 120_000;

/** The dependencies of the client package, from this repository, so that npm downloads nothing. */
const needed = ['graphql-ws', 'graphql', '@graphql-typed-document-node/core'];

/** Packs the client as for publishing, and installs it in an empty folder. Resolves to its file names. */
export const installClient = async (folder: string): Promise<readonly string[]> => {
  const packs = join(folder, '.packs');
  await mkdir(packs);
  const pack = async (path: string, ...flags: string[]) => {
    const args = ['pack', path, '--json', '--pack-destination', packs, ...flags];
    const { stdout } = await run('npm', args, { cwd: repo, timeout: maxMs });
    // The output of `prepack` comes first.
    const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as {
      readonly filename: string;
      readonly files: readonly { readonly path: string }[];
    }[];
    if (!packed) throw new Error(`npm pack said nothing of ${path}`);
    return packed;
  };
  const client = await pack('./client');
  const others = await Promise.all(needed.map((name) => pack(`./node_modules/${name}`, '--ignore-scripts')));
  const tarballs = [client, ...others].map(({ filename }) => join(packs, filename));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: folder,
    timeout: maxMs,
  });
  return client.files.map(({ path }) => path);
};
