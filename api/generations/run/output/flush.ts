import type { AnswerText } from '../../answerSource.ts';

/** The maximum length of buffered text before `add` waits, in UTF-16 code units. */
const maxBuffered = 64 * 1024;
/** The buffered length up to which there is room for a short chunk (`shortChunk`). */
const roomyLength = maxBuffered / 2;

const nothing: AnswerText = { text: '', thinking: '' };

/** Buffers chunks and passes them to a flush function. */
export interface FlushBuffer {
  /** Adds a chunk. Throws the error of an earlier flush that failed. */
  add(chunk: AnswerText): Promise<void>;
  /** Whether `add` would neither wait nor throw for a chunk of up to `shortChunk`. */
  readonly hasRoom: boolean;
  /** Adds a chunk of up to `shortChunk`. Only while there is room. */
  addNow(chunk: AnswerText): void;
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
  let buffered = nothing;
  /** The flushes in flight and those that follow without a pause; null: none. */
  let flushing: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isDue = false;
  let lastFlushAt = Number.NEGATIVE_INFINITY;

  const flushAll = async (): Promise<void> => {
    while (isDue && failure === null) {
      isDue = false;
      const chunk = buffered;
      buffered = nothing;
      lastFlushAt = performance.now();
      try {
        await flush(chunk);
      } catch (error) {
        failure = { error };
      }
    }
    flushing = null;
  };

  const send = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (failure !== null || buffered === nothing) return;
    isDue = true;
    // It flushes at least once, so it waits before it ends.
    flushing ??= flushAll();
  };

  const addNow = (chunk: AnswerText): void => {
    if (chunk.text === '' && chunk.thinking === '') return;
    buffered =
      buffered === nothing
        ? chunk
        : { text: buffered.text + chunk.text, thinking: buffered.thinking + chunk.thinking };
    const waitMs = lastFlushAt + intervalMs - performance.now();
    if (waitMs <= 0) send();
    else timer ??= setTimeout(send, waitMs);
  };

  return {
    get hasRoom() {
      return failure === null && buffered.text.length + buffered.thinking.length <= roomyLength;
    },
    addNow,
    async add(chunk) {
      if (failure) throw failure.error;
      addNow(chunk);
      if (buffered.text.length + buffered.thinking.length > maxBuffered) {
        send();
        await flushing;
      }
    },
    async finish() {
      send();
      await flushing;
      if (failure) throw failure.error;
    },
  };
};
