import { enableCompileCache, flushCompileCache } from 'node:module';
import { join, resolve } from 'node:path';

/**
 * Caches the compiled code of the modules that are loaded from here on in the data folder. `NODE_COMPILE_CACHE` sets another
 * folder, and `NODE_DISABLE_COMPILE_CACHE=1` disables the cache. A folder that can't be written disables it too.
 */
export const cacheCompiledCode = (dataDir: string): void => {
  // Not below the folder for temporary files, which other users can write.
  enableCompileCache(join(resolve(dataDir), 'compile-cache'));
};

/** Stores what was compiled since the start. Node would only do so at its exit, and a container may be killed. */
export const storeCompiledCode = (): void => flushCompileCache();
