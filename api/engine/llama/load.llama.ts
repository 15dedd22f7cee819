import { availableParallelism } from 'node:os';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';

/**
 * Tokens that a request has for prompt and answer. Each slot holds its own context in memory all the time: for
 * SmolLM2-135M that is 23 kB a token, so four slots of 4,096 take 380 MB; of the 8,192 it was trained on, twice that.
 */
const defaultContextLength = 4_096;

export interface LoadOptions {
  readonly modelPath: string;
  /** Requests side by side. */
  readonly slots: number;
  /** Tokens for prompt and answer of one request; at most what the model was trained on. Default 4,096. */
  readonly contextLength?: number;
  /** Called with 0 to 1 while the file is read into memory. */
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
  /** Takes what llama.cpp warns of. */
  readonly log?: (message: string) => void;
}

export interface Loaded {
  readonly library: typeof import('node-llama-cpp');
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
}

/** Reads a model into memory, ready for its first answer. Nothing stays in memory where it throws. */
export async function loadModel(options: LoadOptions): Promise<Loaded> {
  const { modelPath, slots, signal, log } = options;
  // Loaded here and not above, so that a machine which the library has no build for can still run the rest.
  const library = await import('node-llama-cpp');
  const threads = computeThreads();
  const llama = await library.getLlama({
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: library.LlamaLogLevel.warn,
    logger: (_level, message) => log?.(message.trim()),
  });
  try {
    const model = await llama.loadModel({
      modelPath,
      loadSignal: signal,
      onLoadProgress: options.onProgress,
    });
    const contextSize = Math.min(options.contextLength ?? defaultContextLength, model.trainContextSize);
    const context = await model.createContext({
      sequences: slots,
      contextSize,
      threads,
      createSignal: signal,
    });
    await warmUp(context);
    return { library, llama, model, context };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

/**
 * llama.cpp's threads wait for each other busily at every step, so where one of them doesn't get a core, all stand
 * still: with two threads on two cores and anything else at work, an answer takes ten to fifty times as long as with one.
 * So a core is left to this process's own event loop and to the rest of the machine.
 */
const computeThreads = (): number => Math.max(1, availableParallelism() - 1);

/** The first step brings the weights from the disk and lays out the memory: better now than in the first answer. */
async function warmUp(context: LlamaContext): Promise<void> {
  const sequence = context.getSequence();
  await sequence.evaluateWithoutGeneratingNewTokens(context.model.tokenize('Hello'));
  await sequence.dispose();
}
