import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ProgressBar, type ProgressOutput } from '../engine/download/progress.ts';
import { createStandbyEngine, type StandbyEngine } from '../engine/engine.standby.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import { chooseEngine, type EngineChoice } from './chooseEngine.ts';

/** The first pause before starting the engine is retried, in ms. */
const retryMs = 5000;

/**
 * Returns the configured engine at once. In the background it connects to Ollama, or downloads and loads the embedded
 * model. `backendSlots` counts the requests at each Ollama if several replicas share them.
 */
export const startEngine = (
  config: Config,
  log: Logger,
  terminal: ProgressOutput,
  backendSlots?: BackendSlots,
  decorate?: EngineChoice['decorate'],
): StandbyEngine =>
  createStandbyEngine(
    async (report, signal) => {
      const bar = new ProgressBar(terminal, 'Fetching the model');
      try {
        return await chooseEngine({
          engineUrl: config.engineUrls,
          apiKey: config.engineApiKey,
          contextLimit: config.contextLimit,
          limits: {
            loadMs: config.loadTimeoutS * 1000,
            firstTokenMs: config.firstTokenTimeoutS * 1000,
            toolCallMs: config.toolCallTimeoutS * 1000,
            pullMs: config.pullTimeoutS * 1000,
            verifyMs: config.pullVerifyTimeoutS * 1000,
          },
          modelPath: config.modelPath,
          dataDir: config.dataDir,
          timeoutMs: config.engineTimeoutS * 1000,
          slots: config.slots,
          backendSlots,
          decorate,
          signal,
          log: (message) => log.info(message),
          onDownload: ({ receivedBytes, totalBytes }) => {
            bar.update(receivedBytes, totalBytes);
            const progress = totalBytes === null ? null : receivedBytes / totalBytes;
            report({ message: 'Fetching the model.', progress });
          },
          onLoad: (progress) => report({ message: 'Loading the model.', progress }),
        });
      } finally {
        bar.end();
      }
    },
    {
      retryMs,
      slots: config.slots,
      onFailure: (error) => log.warn({ err: error }, 'engine: start failed, retrying'),
    },
  );
