import type { DownloadProgress } from './download.ts';
import { findOrFetchModel } from './download.ts';
import { createLlamaEngine } from './engine.llama.ts';
import { createOllamaEngine, probeOllama } from './engine.ollama.ts';
import type { Engine } from './engine.ts';

/** Where Ollama listens when nobody says otherwise. */
export const localOllama = 'http://127.0.0.1:11434';
/** An Ollama on this machine answers in a few milliseconds; nobody should wait for one that isn't there. */
const probeMs = 500;

export interface EngineChoice {
  /** Addresses of Ollama servers, `'embedded'` to force the embedded engine, null to look for a local Ollama first. */
  readonly ollamaUrl: readonly string[] | 'embedded' | null;
  /** The embedded engine's GGUF; null for the default model, found or fetched. */
  readonly modelPath: string | null;
  readonly dataDir: string;
  /** How long an Ollama may be silent, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests side by side. */
  readonly slots: number;
  readonly signal: AbortSignal;
  /** Told of a model that is being fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Told of a model that is being read into memory, 0 to 1. */
  readonly onLoad?: (progress: number) => void;
  readonly log?: (message: string) => void;
  /** The model hub, without a path; tests give their own. */
  readonly hub?: string;
}

/**
 * The engine to use: the Ollama that was named, even where it is down just now; else one that answers on this machine;
 * else the embedded one. Throws where there is none.
 */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { ollamaUrl, timeoutMs, slots, signal, log } = choice;
  if (Array.isArray(ollamaUrl)) {
    const url = await firstThatAnswers(ollamaUrl, signal);
    return createOllamaEngine({ url, timeoutMs, slots, log });
  }
  if (ollamaUrl === null && (await probeOllama(localOllama, probeMs, signal))) {
    return createOllamaEngine({ url: localOllama, timeoutMs, slots, log });
  }
  return embedded(choice);
}

async function firstThatAnswers(urls: readonly string[], signal: AbortSignal): Promise<string> {
  const [first] = urls;
  if (first === undefined) throw new RangeError('No address of an Ollama was given.');
  const answers = await Promise.all(urls.map((url) => probeOllama(url, probeMs, signal)));
  return urls.find((_url, index) => answers[index]) ?? first;
}

async function embedded(choice: EngineChoice): Promise<Engine> {
  const { modelPath, dataDir, slots, signal, log, hub } = choice;
  const file =
    modelPath === null
      ? await findOrFetchModel({ dataDir, signal, hub, onProgress: choice.onDownload })
      : { path: modelPath, sha256: undefined };
  return createLlamaEngine({
    modelPath: file.path,
    digest: file.sha256,
    slots,
    signal,
    onProgress: choice.onLoad,
    log,
  });
}
