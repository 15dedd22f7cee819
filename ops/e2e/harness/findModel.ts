import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultModel } from '../../../api/engine/download/download.ts';

/** Where `npm start` and the journeys keep the embedded engine's model. */
export const dataDir = fileURLToPath(new URL('../../../.data', import.meta.url));

/** Sets MODEL_PATH for all suites if the embedded engine's model was fetched before. Fetches nothing. */
export default (): void => {
  const path = `${dataDir}/models/${defaultModel.file}`;
  if (!process.env.MODEL_PATH && existsSync(path)) process.env.MODEL_PATH = path;
};
