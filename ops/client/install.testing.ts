import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repo = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** How long packing and installing may take, each, in milliseconds. */
const maxMs = 120_000;

/** What the client's package needs, as this repository has it, so that nothing is fetched. */
const needed = ['graphql-ws', 'graphql', '@graphql-typed-document-node/core'];

/** Packs the client as it would be published, and installs it in an empty folder. Resolves to the names of its files. */
export const installClient = async (folder: string): Promise<readonly string[]> => {
  const packs = join(folder, '.packs');
  await mkdir(packs);
  const pack = async (path: string, ...flags: string[]) => {
    const args = ['pack', path, '--json', '--pack-destination', packs, ...flags];
    const { stdout } = await run('npm', args, { cwd: repo, timeout: maxMs });
    // What `prepack` prints comes before.
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
