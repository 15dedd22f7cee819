import { join } from 'node:path';
import { findOrFetchModel, type ModelFile } from '../download/download.ts';

/** Runs the suite if `MODEL_PATH` is set, else skips it with a title that says what is missing. */
export const describeWithModel = (name: string, suite: () => void): void => {
  if (process.env.MODEL_PATH) describe(name, suite);
  else describe.skip(`${name} (skipped: no MODEL_PATH, and no model was fetched yet)`, suite);
};

/** Returns the model for tests: `MODEL_PATH`, or the default model in the checkout's cache, fetched once. */
export async function testModel(): Promise<Pick<ModelFile, 'path'> & { readonly sha256?: string }> {
  const { MODEL_PATH } = process.env;
  if (MODEL_PATH) return { path: MODEL_PATH };
  const dataDir = join(import.meta.dirname, '..', '..', '..', '.cache');
  return findOrFetchModel({ dataDir, signal: AbortSignal.timeout(10 * 60_000) });
}
