import { findOrFetchModel } from '../../../api/engine/download/download.ts';
import { dataDir } from './findModel.ts';

/** The timeout of the model's download, in milliseconds. */
const downloadTimeoutMs = 5 * 60_000;

/**
 * Finds or downloads the embedded engine's model once for all suites, in the folder that `npm start` uses. If that
 * fails, the suites that need it are skipped with the reason.
 */
export default async (): Promise<void> => {
  if (process.env.MODEL_PATH) return;
  try {
    const { path } = await findOrFetchModel({ dataDir, signal: AbortSignal.timeout(downloadTimeoutMs) });
    process.env.MODEL_PATH = path;
  } catch (error) {
    process.stderr.write(
      `The embedded model could not be downloaded: ${error instanceof Error ? error.message : error}\n`,
    );
  }
};
