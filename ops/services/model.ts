import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultModel, findOrFetchModel } from '../../api/engine/download/download.ts';

/** Prints the path of the embedded engine's model, fetched into the folder that is given if it is missing. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node ops/services/model.ts FOLDER');
const known = process.env.MODEL_PATH || join(folder, defaultModel.file);
const path = existsSync(known)
  ? known
  : (await findOrFetchModel({ dataDir: folder, signal: AbortSignal.timeout(600_000) })).path;
process.stdout.write(`${path}\n`);
