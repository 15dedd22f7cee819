import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { compileDocuments } from './relay.ts';
import { bin, root, run } from './tool.ts';

const page = join(root, 'web', 'dist', 'index.html');
const isMade = (path: string): boolean => /^(dist|__generated__)$/.test(path);

/** Milliseconds since 1970 of the newest file that the web app is built from. */
const newestSource = (): number => {
  const single = ['schema/schema.graphql', 'relay.config.js', 'package-lock.json'].map((path) =>
    join(root, path),
  );
  const folder = join(root, 'web');
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).split(sep).some(isMade) && !/\.test\.tsx?$/.test(path));
  return Math.max(...[...single, ...sources].map((path) => statSync(path).mtimeMs));
};

export type WebAppState = 'current' | 'stale' | 'missing';

/** Whether `web/dist` is there, and no older than what it is built from. */
export const webAppState = (): WebAppState => {
  if (!existsSync(page)) return 'missing';
  return statSync(page).mtimeMs >= newestSource() ? 'current' : 'stale';
};

/** False where only what runs is installed (`npm ci --omit=dev`), as in an image. */
export const canBuild = (): boolean => existsSync(bin('vite')) && existsSync(bin('relay-compiler'));

/** Compiles Relay's documents and builds `web/dist`. Throws with the tools' output when one of them fails. */
export const buildWebApp = async (): Promise<void> => {
  const began = new Date();
  await compileDocuments();
  await run('vite', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
  // A source that was saved while it was being built is newer than this, so it is built again.
  utimesSync(page, began, began);
};
