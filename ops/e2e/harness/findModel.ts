import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultModel } from '../../../api/engine/download/download.ts';

/** The folder where `npm start` and the end-to-end tests store the embedded engine's model. */
export const dataDir = fileURLToPath(new URL('../../../.data', import.meta.url));

/** Sets MODEL_PATH for all suites if the embedded engine's model has been downloaded. Downloads nothing. */
export default (): void => {
  const path = `${dataDir}/models/${defaultModel.file}`;
  if (!process.env.MODEL_PATH && existsSync(path)) process.env.MODEL_PATH = path;
};
