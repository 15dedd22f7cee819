import type { DownloadProgress } from '../engine/download/download.ts';
import { findOrFetchModel } from '../engine/download/download.ts';
import type { Engine } from '../engine/engine.ts';
import { createLlamaEngine } from '../engine/llama/engine.llama.ts';
import { createOllamaEngine, probeOllama } from '../engine/ollama/engine.ollama.ts';
import { parseAddress } from '../engine/ollama/http.ollama.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import { createEnginePool } from '../engine/pool/pool.ts';
import { orAborted } from '../engine/stream.ts';

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
  /** Requests side by side; at each Ollama, where there are several. */
  readonly slots: number;
  /** Counts what runs at each Ollama where several replicas use them. Closed by who made it. */
  readonly backendSlots?: BackendSlots;
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
 * The engine to use: the Ollamas that were named, even where they are down just now; else one that answers on this
 * machine; else the embedded one. Throws where there is none.
 */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { ollamaUrl, signal } = choice;
  if (Array.isArray(ollamaUrl)) return ollama(ollamaUrl, choice);
  if (ollamaUrl === null && (await probeOllama(localOllama, probeMs, signal))) {
    return ollama([localOllama], choice);
  }
  return embedded(choice);
}

/** Of one Ollama for one replica there is nothing to share out. */
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
    backendSlots,
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
