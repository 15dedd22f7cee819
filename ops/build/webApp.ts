import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { compileDocuments } from './relay.ts';
import { bin, root, run } from './tool.ts';

const page = join(root, 'web', 'dist', 'index.html');
const isGenerated = (path: string): boolean => /^(dist|__generated__)$/.test(path);

/** Returns the modification time of the newest source of the web app, in ms since 1970. */
const newestSource = (): number => {
  const single = ['schema/schema.graphql', 'relay.config.js', 'lingui.config.ts', 'package-lock.json'].map(
    (path) => join(root, path),
  );
  const folder = join(root, 'web');
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).split(sep).some(isGenerated) && !/\.test\.tsx?$/.test(path));
  return Math.max(...[...single, ...sources].map((path) => statSync(path).mtimeMs));
};

export type WebAppState = 'current' | 'stale' | 'missing';

/** Whether `web/dist` exists and is no older than its sources. */
export const webAppState = (): WebAppState => {
  if (!existsSync(page)) return 'missing';
  return statSync(page).mtimeMs >= newestSource() ? 'current' : 'stale';
};

/** Whether the build tools are installed; they are not after `npm ci --omit=dev`, as in an image. */
export const canBuild = (): boolean => existsSync(bin('vite')) && existsSync(bin('relay-compiler'));

/** Compiles Relay's documents and builds `web/dist`. Throws with the output of a tool that fails. */
export const buildWebApp = async (): Promise<void> => {
  const began = new Date();
  await compileDocuments();
  await run('vite', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
  // A source that was saved during the build is newer than this, so the next start builds again.
  utimesSync(page, began, began);
};
