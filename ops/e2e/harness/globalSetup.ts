import { findOrFetchModel } from '../../../api/engine/download/download.ts';
import { dataDir } from './findModel.ts';

/** How long the model may take to come, in milliseconds. */
const fetchMs = 5 * 60_000;

/**
 * The embedded engine's model, found or fetched once for all suites, in the folder that `npm start` keeps it in. Where
 * it can't be had, suites that need it say so and are skipped.
 */
export default async (): Promise<void> => {
  if (process.env.MODEL_PATH) return;
  try {
    const { path } = await findOrFetchModel({ dataDir, signal: AbortSignal.timeout(fetchMs) });
    process.env.MODEL_PATH = path;
  } catch (error) {
    process.stderr.write(
      `The embedded model can't be had: ${error instanceof Error ? error.message : error}\n`,
    );
  }
};
