import type { AnswerText } from '../../answerSource.ts';

/** The maximum length of buffered text before `add` waits, in UTF-16 code units. */
const maxBuffered = 64 * 1024;
/** The buffered length up to which there is room for a short chunk (`shortChunk`). */
const roomyLength = maxBuffered / 2;

/** Buffers chunks and passes them to a flush function. */
export interface FlushBuffer {
  /** Adds a chunk. Throws the error of an earlier flush that failed. */
  add(chunk: AnswerText): Promise<void>;
  /** Whether `add` would neither wait nor throw for a chunk of up to `shortChunk`. */
  readonly hasRoom: boolean;
  /** Flushes the rest and waits for all flushes. Throws the first error of any flush. */
  finish(): Promise<void>;
}

/**
 * Creates a buffer that flushes the first chunk at once and later ones at most every `intervalMs`. Flushes run one at a
 * time, in order, while later chunks are buffered. Past a limit `add` waits, so a slow journal slows the engine down
 * and memory stays bounded.
 */
export const createFlushBuffer = (
  intervalMs: number,
  flush: (chunk: AnswerText) => Promise<void>,
): FlushBuffer => {
  let buffered: AnswerText = { text: '', thinking: '' };
  let inFlight: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastFlushAt = Number.NEGATIVE_INFINITY;

  const send = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    inFlight = inFlight.then(async () => {
      const chunk = buffered;
      if (failure || (chunk.text === '' && chunk.thinking === '')) return;
      buffered = { text: '', thinking: '' };
      lastFlushAt = performance.now();
      await flush(chunk).catch((error: unknown) => {
        failure = { error };
      });
    });
  };

  return {
    get hasRoom() {
      return failure === null && buffered.text.length + buffered.thinking.length <= roomyLength;
    },
    async add(chunk) {
      if (failure) throw failure.error;
      buffered = { text: buffered.text + chunk.text, thinking: buffered.thinking + chunk.thinking };
      const waitMs = lastFlushAt + intervalMs - performance.now();
      if (waitMs <= 0) send();
      else timer ??= setTimeout(send, waitMs);
      if (buffered.text.length + buffered.thinking.length > maxBuffered) {
        send();
        await inFlight;
      }
    },
    async finish() {
      send();
      await inFlight;
      if (failure) throw failure.error;
    },
  };
};
