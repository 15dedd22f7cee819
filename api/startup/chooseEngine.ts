import type { DownloadProgress } from '../engine/download/download.ts';
import { findOrFetchModel } from '../engine/download/download.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineLimits } from '../engine/limits.ts';
import { createLlamaEngine } from '../engine/llama/engine.llama.ts';
import { createOllamaEngine, probeOllama } from '../engine/ollama/engine.ollama.ts';
import { parseAddress } from '../engine/ollama/http.ollama.ts';
import { createOpenAIEngine } from '../engine/openai/engine.openai.ts';
import { isOpenAIAddress, openAIUrlOf } from '../engine/openai/http.openai.ts';
import { createMemoryBackendSlots } from '../engine/pool/backendSlots.memory.ts';
import type { BackendSlots } from '../engine/pool/backendSlots.ts';
import { createEnginePool } from '../engine/pool/pool.ts';
import { orAborted } from '../process/orAborted.ts';

/** Ollama's default address. */
const localOllama = 'http://127.0.0.1:11434';
/** The timeout of the probe, in ms: a local Ollama answers within a few, and a start must not wait for a missing one. */
const probeMs = 500;

export interface EngineChoice {
  /**
   * Addresses of Ollamas, and with the prefix `openai+` of OpenAI-compatible servers; `'embedded'` to force the embedded
   * engine, null to probe for a local Ollama first.
   */
  readonly engineUrl: readonly string[] | 'embedded' | null;
  /** The API key of OpenAI-compatible servers; absent: none. */
  readonly apiKey?: string | null;
  /** The embedded engine's GGUF file; null for the default model, found or fetched. */
  readonly modelPath: string | null;
  readonly dataDir: string;
  /** How long an engine may be silent, in ms; `limits` overrides it for single phases. */
  readonly timeoutMs: number;
  readonly limits?: Partial<EngineLimits>;
  /** The maximum context that a request may ask for, in tokens; absent: that of the model. */
  readonly contextLimit?: number;
  /** Maximum requests that run at once; with several engines, at each. */
  readonly slots: number;
  /** Decorates the engine at each address, or the engine `embedded`. Absent: none is decorated. */
  readonly decorate?: (backend: string, engine: Engine, kind: 'ollama' | 'openai' | 'llama.cpp') => Engine;
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
 * Returns the engine to use: the configured servers, even if they are down; else a local Ollama that answers; else the
 * embedded engine. Throws if none can be used.
 */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { engineUrl, signal } = choice;
  if (Array.isArray(engineUrl)) return servers(engineUrl, choice);
  if (engineUrl === null && (await probeOllama(localOllama, probeMs, signal))) {
    return servers([localOllama], choice);
  }
  return embedded(choice);
}

const undecorated: NonNullable<EngineChoice['decorate']> = (_backend, engine) => engine;

/** Returns what creates the engine at an address, with its address without credentials. */
function backendAt(address: string, choice: EngineChoice) {
  const { timeoutMs, limits, slots, contextLimit, log, decorate = undecorated } = choice;
  if (!isOpenAIAddress(address)) {
    const { host } = parseAddress(address);
    const create = () =>
      decorate(
        host,
        createOllamaEngine({ url: address, timeoutMs, limits, slots, contextLimit, log }),
        'ollama',
      );
    return { url: host, kind: 'Ollama', create } as const;
  }
  const url = openAIUrlOf(address);
  const create = () =>
    decorate(
      url,
      createOpenAIEngine({ url, apiKey: choice.apiKey, timeoutMs, limits, slots, log }),
      'openai',
    );
  return { url, kind: 'The engine', create } as const;
}

/** One server for one replica needs no pool. */
async function servers(urls: readonly string[], choice: EngineChoice): Promise<Engine> {
  const { timeoutMs, slots, backendSlots, signal, log } = choice;
  const backends = new Map(urls.map((url) => backendAt(url, choice)).map((one) => [one.url, one]));
  const [first] = backends.values();
  if (first === undefined) throw new RangeError('No address of an engine was given.');
  if (backends.size === 1 && backendSlots === undefined) return first.create();
  const pool = createEnginePool({
    backends: [...backends.values()].map(({ url, kind, create }) => ({ url, kind, engine: create() })),
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
  const { modelPath, dataDir, slots, signal, log, hub, decorate = undecorated } = choice;
  const file =
    modelPath === null
      ? await findOrFetchModel({ dataDir, signal, hub, onProgress: choice.onDownload })
      : { path: modelPath, sha256: undefined };
  const engine = await createLlamaEngine({
    modelPath: file.path,
    digest: file.sha256,
    slots,
    signal,
    onProgress: choice.onLoad,
    log,
  });
  return decorate('embedded', engine, 'llama.cpp');
}
