import { Worker } from 'node:worker_threads';
import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import type { NewPassage } from '../passages/passage.ts';
import { type DocumentFormat, type DocumentText, damagedFile, Unreadable } from './document.ts';
import type { OcrLanguage } from './ocr/languages.ts';
import { grayImageOf } from './ocr/pixels.ts';
import { createReadingSlots } from './slots.ts';
import type { ReadingJob, ReadingResult } from './worker.ts';

/** A document's text, and how many tokens it takes by estimate. */
export type ReadDocument = DocumentText & {
  readonly tokens: number;
  /** Empty unless a name was given. */
  readonly passages: readonly NewPassage[];
};

/** Reads the text of documents in worker threads, a few at a time. */
export interface DocumentReader {
  /** Whether OCR is on. */
  readonly hasOcr: boolean;
  /**
   * Reads a document of a user. `splitName` is its name, to split its text into passages as well. Throws `Unreadable`,
   * `SERVICE_UNAVAILABLE` as `run` does, and `signal.reason`.
   */
  read(
    ownerId: string,
    format: DocumentFormat,
    bytes: Uint8Array,
    signal: AbortSignal,
    splitName?: string,
  ): Promise<ReadDocument>;
  /**
   * Reads the text in an image that `prepareImage` accepted, by OCR. Returns null if OCR is off, or if the image has no text.
   * Throws as `read` does.
   */
  recognize(
    ownerId: string,
    bytes: Buffer,
    signal: AbortSignal,
    splitName?: string,
  ): Promise<ReadDocument | null>;
  /** Splits a text that was read earlier. Throws as `read` does. */
  split(
    ownerId: string,
    format: AttachmentFormat,
    name: string,
    text: string,
    signal: AbortSignal,
  ): Promise<readonly NewPassage[]>;
  /**
   * Runs a task in one of the slots in which documents are read. Throws `SERVICE_UNAVAILABLE` if too many files wait, and
   * `signal.reason` after an abort during the wait.
   */
  run<Result>(ownerId: string, signal: AbortSignal, task: () => Promise<Result>): Promise<Result>;
}

export interface DocumentReaderOptions {
  /** The time limit of a document, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** The languages that OCR reads. Default none: OCR is off. */
  readonly ocrLanguages?: readonly OcrLanguage[];
  /** The time limit of a PDF or an image, in ms, if OCR is on. Default 120,000. */
  readonly ocrTimeoutMs?: number;
  /** The share of this time in which OCR may begin another page. Default 0.75. */
  readonly ocrShare?: number;
  /** The memory limit of a document, in bytes: objects and buffers. Default 512 MB. */
  readonly memoryBytes?: number;
  /** Files that are read at once. Default 2. */
  readonly threads?: number;
  /** Files that may wait. Default 20. */
  readonly maxWaiting?: number;
  /** Files of one user that may wait. Default 10, as many as a message may have. */
  readonly maxWaitingOfOwner?: number;
}

/** The program of a thread. The built server has it in one folder with its other files (`ops/build/server.ts`). */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? './worker.ts' : './documentReader.js',
  import.meta.url,
);

/** The interval of the memory check, in ms. */
const memoryCheckMs = 50;

export const createDocumentReader = (options: DocumentReaderOptions = {}): DocumentReader => {
  const { timeoutMs = 30_000, ocrTimeoutMs = 120_000, memoryBytes = 512 * 1024 * 1024 } = options;
  const { ocrLanguages: languages = [], ocrShare = 0.75 } = options;
  const ocr = languages.length === 0 ? null : { languages, budgetMs: ocrTimeoutMs * ocrShare };
  const slots = createReadingSlots(options);

  const readInThread = (job: ReadingJob, signal: AbortSignal): Promise<ReadDocument> =>
    new Promise((resolve, reject) => {
      const limitMs = job.ocr === null ? timeoutMs : ocrTimeoutMs;
      const worker = new Worker(workerFile, {
        workerData: job,
        transferList: [job.bytes.buffer],
        resourceLimits: { maxOldGenerationSizeMb: memoryBytes / 1024 / 1024, stackSizeMb: 4 },
        env: {},
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdout: true,
        stderr: true,
      });
      const end = (settle: () => void) => {
        clearTimeout(timer);
        clearInterval(memoryCheck);
        signal.removeEventListener('abort', abort);
        settle();
        void worker.terminate();
      };
      const fail = (error: unknown) => end(() => reject(error));
      const abort = () => fail(signal.reason);
      const timer = setTimeout(() => fail(tooSlow(limitMs)), limitMs);
      // Limits of V8 don't include buffers, which a decompression bomb fills.
      const memoryCheck = setInterval(() => {
        worker.getHeapStatistics().then(
          ({ used_heap_size, external_memory }) => {
            if (used_heap_size + external_memory > memoryBytes) fail(tooMuchMemory());
          },
          // The thread has ended.
          () => {},
        );
      }, memoryCheckMs);
      signal.addEventListener('abort', abort);
      worker.once('message', (result: ReadingResult) =>
        'document' in result ? end(() => resolve(result.document)) : fail(new Unreadable(result.unreadable)),
      );
      worker.once('error', (error: NodeJS.ErrnoException) =>
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory() : damagedFile(error)),
      );
      worker.once('exit', () => fail(damagedFile()));
    });

  return {
    hasOcr: ocr !== null,
    read: (ownerId, format, bytes, signal, splitName) =>
      // A copy, because the buffer may be part of a pool that other code uses, and transferring takes it away.
      slots.run(ownerId, signal, () =>
        readInThread(
          {
            format,
            bytes: new Uint8Array(bytes),
            splitName: splitName ?? null,
            isText: false,
            ocr: format === 'PDF' ? ocr : null,
            imageSize: null,
          },
          signal,
        ),
      ),
    recognize: async (ownerId, bytes, signal, splitName) => {
      if (ocr === null) return null;
      return slots.run(ownerId, signal, async () => {
        const { pixels, ...imageSize } = await grayImageOf(bytes);
        signal.throwIfAborted();
        const job = { format: 'IMAGE', bytes: pixels, splitName: splitName ?? null, isText: false } as const;
        const read = await readInThread({ ...job, ocr, imageSize }, signal);
        return read.text === '' ? null : read;
      });
    },
    split: (ownerId, format, name, text, signal) =>
      slots.run(ownerId, signal, async () => {
        const bytes = new Uint8Array(Buffer.from(text));
        const job = { format, bytes, splitName: name, isText: true, ocr: null, imageSize: null };
        return (await readInThread(job, signal)).passages;
      }),
    run: slots.run,
  };
};

const tooSlow = (timeoutMs: number) =>
  new Unreadable(`took longer than ${timeoutMs / 1000} s to read. Split it into smaller files.`);

const tooMuchMemory = () => new Unreadable('takes too much memory to read. Split it into smaller files.');
