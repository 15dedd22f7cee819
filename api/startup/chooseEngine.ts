import type { DownloadProgress } from '../engine/download/download.ts';
import { findOrFetchModel } from '../engine/download/download.ts';
import type { Engine } from '../engine/engine.ts';
import { createLlamaEngine } from '../engine/llama/engine.llama.ts';
import { createOllamaEngine, probeOllama } from '../engine/ollama/engine.ollama.ts';
import { parseAddress } from '../engine/ollama/http.ollama.ts';
import { createMemoryBackendSlots } from '../engine/pool/backendSlots.memory.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import { createEnginePool } from '../engine/pool/pool.ts';
import { orAborted } from '../engine/stream.ts';

/** Ollama's default address. */
const localOllama = 'http://127.0.0.1:11434';
/** The timeout of the probe, in ms: a local Ollama answers within a few, and a start must not wait for a missing one. */
const probeMs = 500;

export interface EngineChoice {
  /** Addresses of Ollama servers, `'embedded'` to force the embedded engine, null to probe for a local Ollama first. */
  readonly ollamaUrl: readonly string[] | 'embedded' | null;
  /** The embedded engine's GGUF file; null for the default model, found or fetched. */
  readonly modelPath: string | null;
  readonly dataDir: string;
  /** How long an Ollama may be silent, in ms. */
  readonly timeoutMs: number;
  /** Maximum requests that run at once; with several Ollamas, at each. */
  readonly slots: number;
  /** Counts the requests at each Ollama if several replicas share them. Closed by the caller. */
  readonly backendSlots?: BackendSlots;
  readonly signal: AbortSignal;
  /** Called while a model is fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Called while a model is loaded, with 0 to 1. */
  readonly onLoad?: (progress: number) => void;
  readonly log?: (message: string) => void;
  /** The model hub, without a path; for tests. */
  readonly hub?: string;
}

/**
 * Returns the engine to use: the configured Ollamas, even if they are down; else a local Ollama that answers; else the
 * embedded engine. Throws if none can be used.
 */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { ollamaUrl, signal } = choice;
  if (Array.isArray(ollamaUrl)) return ollama(ollamaUrl, choice);
  if (ollamaUrl === null && (await probeOllama(localOllama, probeMs, signal))) {
    return ollama([localOllama], choice);
  }
  return embedded(choice);
}

/** One Ollama for one replica needs no pool. */
async function ollama(urls: readonly string[], choice: EngineChoice): Promise<Engine> {
  const { timeoutMs, slots, backendSlots, signal, log } = choice;
  const engines = new Map(
    urls.map((url) => [parseAddress(url).host, () => createOllamaEngine({ url, timeoutMs, slots, log })]),
  );
  const [first] = engines.values();
  if (first === undefined) throw new RangeError('No address of an Ollama was given.');
  if (engines.size === 1 && backendSlots === undefined) return first();
  const pool = createEnginePool({
    backends: [...engines].map(([url, create]) => ({ url, engine: create() })),
    slotsPerBackend: slots,
    backendSlots: backendSlots ?? createMemoryBackendSlots(),
    log,
    times: { waitMs: timeoutMs },
  });
  try {
    await orAborted(pool.ready(), signal);
  } catch (error) {
    await pool.close();
    throw error;
  }
  return pool;
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
