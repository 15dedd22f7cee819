import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSecrets } from '../../api/access/secrets.ts';
import { createApp } from '../../api/app.ts';
import { readConfig } from '../../api/config/config.ts';
import type { Engine } from '../../api/engine/engine.ts';
import { createLog } from '../../api/process/log.ts';
import { createMemoryAdapters } from '../../api/replicas/shared.memory.ts';
import { chooseEngine } from '../../api/startup/chooseEngine.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';

const password = 'a-password-for-the-bench';

/** A service in this process, and its engine. */
export interface Bench {
  readonly engine: Engine;
  readonly model: string;
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/** Starts the service. `OLLAMA_URL` and `MODEL_PATH` choose the engine, as for the server; the default is the embedded one. */
export const openBench = async (): Promise<Bench> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-bench-'));
  const config = readConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    WEB_PORT: 'off',
    ADMIN_PASSWORD: password,
    OLLAMA_URL: process.env.OLLAMA_URL || 'embedded',
    MODEL_PATH: process.env.MODEL_PATH,
    LOG_LEVEL: 'error',
    // Every measured answer must be computed.
    CACHE_TTL_S: '0',
    RATE_LIMIT: 'off',
    WRITE_LIMIT: 'off',
    RUNNING_LIMIT: 'off',
    REQUEST_LIMIT: 'off',
    ADDRESS_LIMIT: 'off',
  });
  const engine = await chooseEngine({
    engineUrl: config.engineUrls,
    modelPath: config.modelPath,
    dataDir: fileURLToPath(new URL('../../.data', import.meta.url)),
    timeoutMs: config.engineTimeoutS * 1000,
    slots: config.slots,
    signal: new AbortController().signal,
  });
  const log = createLog(config.logLevel);
  const stores = openSqliteStores({ dataDir });
  const secrets = await loadSecrets(dataDir, null);
  const engineReady = Promise.resolve();
  const adapters = createMemoryAdapters({ cacheMs: 0 });
  const app = await createApp({
    config,
    stores,
    adapters,
    engine,
    engineReady,
    secrets,
    log,
    webRoot: dataDir,
  });
  const [url = ''] = await app.listen();
  await app.ready();
  const { token } = await app.accounts.signIn('admin', password, { address: null, userAgent: null });
  const [model] = await engine.models();
  return {
    engine,
    model: model?.name ?? '',
    url,
    token,
    async close() {
      await app.stop();
      await rm(dataDir, { recursive: true });
    },
  };
};
