import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the nearest folder above `folder` with a `package.json`. */
const packageOf = (folder: string): string =>
  existsSync(join(folder, 'package.json')) || folder === dirname(folder)
    ? folder
    : packageOf(dirname(folder));

/** The folder of `package.json`. Searched for, because the built server runs in another folder than the sources. */
export const root = packageOf(import.meta.dirname);
