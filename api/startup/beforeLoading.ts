import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { cacheCompiledCode } from './compileCache.ts';

/** The defaults of `DATA_DIR` and `NODE_ENV`, as in `api/config`, which is not loaded yet. */
const defaults = { DATA_DIR: '.data', NODE_ENV: 'production' } as const;

/**
 * Prepares the process before any library is loaded: some read `NODE_ENV` while they load, and the compile cache serves only
 * what is loaded after it is enabled. It is enabled here if the data folder of an earlier start exists. Never throws: the
 * configuration is checked later.
 */
export const beforeLoading = (environment: NodeJS.ProcessEnv): void => {
  const file = environmentFile();
  const read = (name: keyof typeof defaults) =>
    environment[name]?.trim() || file[name]?.trim() || defaults[name];
  environment.NODE_ENV = read('NODE_ENV');
  if (existsSync(read('DATA_DIR'))) cacheCompiledCode(read('DATA_DIR'));
};

const environmentFile = (): Readonly<Record<string, string | undefined>> => {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch {
    return {};
  }
};
