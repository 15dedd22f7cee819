import { availableParallelism } from 'node:os';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { libraryOptions } from './libraryOptions.llama.ts';

/**
 * Tokens for prompt and answer of one request. Each slot keeps its own context in memory: for SmolLM2-135M that is 23 kB per
 * token, so four slots of 4,096 tokens take 380 MB. The 8,192 tokens that it was trained on would take twice that.
 */
const defaultContextLength = 4_096;

/** The part of a warning that llama.cpp writes for each embedding, although nothing is wrong. */
const embeddingNotice = 'embeddings required but some input tokens were not marked as outputs';

export interface LoadOptions {
  readonly modelPath: string;
  /** Maximum requests that run at once. */
  readonly slots: number;
  /** Tokens for prompt and answer of one request, capped at the model's trained context. Default 4,096. */
  readonly contextLength?: number;
  /** Called while the file is loaded, with 0 to 1. */
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
  /** Receives the warnings of llama.cpp. */
  readonly log?: (message: string) => void;
}

export interface Loaded {
  readonly library: typeof import('node-llama-cpp');
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
}

/** Loads a model and warms it up. Frees its memory if it throws. */
export async function loadModel(options: LoadOptions): Promise<Loaded> {
  const { modelPath, slots, signal, log } = options;
  // Imported here, so that a machine without a build of the library can still run the rest of the service.
  const library = await import('node-llama-cpp');
  const threads = computeThreads();
  const llama = await library.getLlama({
    ...libraryOptions(library),
    maxThreads: threads,
    logger: (_level, message) => {
      if (!message.includes(embeddingNotice)) log?.(`engine: llama.cpp: ${message.trim()}`);
    },
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
 * Leaves one core to the event loop and the rest of the machine. The threads of llama.cpp busy-wait for each other at every
 * step, so one thread without a core stalls them all: with two threads on two busy cores, an answer takes 10 to 50 times as
 * long as with one thread.
 */
const computeThreads = (): number => Math.max(1, availableParallelism() - 1);

/** Evaluates one token, which reads the weights from disk and allocates memory, so that the first answer needn't. */
async function warmUp(context: LlamaContext): Promise<void> {
  const sequence = context.getSequence();
  await sequence.evaluateWithoutGeneratingNewTokens(context.model.tokenize('Hello'));
  await sequence.dispose();
}
