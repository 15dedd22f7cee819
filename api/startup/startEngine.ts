import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ProgressBar, type ProgressOutput } from '../engine/download/progress.ts';
import { createStandbyEngine, type StandbyEngine } from '../engine/engine.standby.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import { chooseEngine } from './chooseEngine.ts';

/** How long until the first look for an engine again where none was found, in milliseconds. */
const retryMs = 5000;

/**
 * The engine that the configuration asks for, at once: it is found, fetched and loaded behind. `backendSlots` count what runs at
 * each Ollama where several replicas use them.
 */
export const startEngine = (
  config: Config,
  log: Logger,
  terminal: ProgressOutput,
  backendSlots?: BackendSlots,
): StandbyEngine =>
  createStandbyEngine(
    async (report, signal) => {
      const bar = new ProgressBar(terminal, 'Fetching the model');
      try {
        return await chooseEngine({
          ollamaUrl: config.ollamaUrls,
          modelPath: config.modelPath,
          dataDir: config.dataDir,
          timeoutMs: config.engineTimeoutS * 1000,
          slots: config.slots,
          backendSlots,
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
      onFailure: (error) => log.warn({ err: error }, 'no engine yet'),
    },
  );
