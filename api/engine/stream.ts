import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineChunk } from './engine.ts';

/** An open stream. */
export interface Source<T> {
  /** Not called again until it settles. After the end or a rejection it isn't called either. */
  next(): Promise<IteratorResult<T, void>>;
  /** Called once, when the reader has left or the stream has ended. Aborts what runs. A pending `next` then ends. */
  close(): Promise<void>;
}

/**
 * Creates a stream that stops as the engine port promises. `open` is called on the first `next()`; afterwards each chunk
 * passes directly from the source to the reader. The signal of `open` aborts with any of `signals`, and when the reader
 * calls `return()` before the stream is open.
 */
export function openedStream<T>(
  signals: readonly AbortSignal[],
  open: (signal: AbortSignal) => Promise<Source<T>>,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new OpenedStream(signals, open) };
}

const ended = { done: true, value: undefined } as const;

class OpenedStream<T> implements AsyncIterator<T, void, undefined> {
  readonly #open: () => Promise<Source<T>>;
  readonly #readerLeft = new AbortController();
  #source: Source<T> | null = null;
  #opening: Promise<Source<T>> | null = null;
  /** The last call of `next`, and the number of pending ones: they run one after another. */
  #last: Promise<IteratorResult<T, void>> | null = null;
  #pending = 0;
  #closing: Promise<void> | null = null;
  #hasReaderLeft = false;

  constructor(signals: readonly AbortSignal[], open: (signal: AbortSignal) => Promise<Source<T>>) {
    this.#open = () => open(AbortSignal.any([...signals, this.#readerLeft.signal]));
  }

  next(): Promise<IteratorResult<T, void>> {
    const isWaiting = this.#pending > 0;
    this.#pending += 1;
    if (this.#last && isWaiting) this.#last = this.#last.then(this.#step, this.#step);
    // The usual case: one promise per chunk.
    else if (this.#source && !this.#closing) this.#last = this.#source.next().then(this.#take, this.#fail);
    else this.#last = this.#step();
    return this.#last;
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#hasReaderLeft = true;
    if (this.#source === null) this.#readerLeft.abort();
    await this.#close();
    return ended;
  }

  readonly #step = async (): Promise<IteratorResult<T, void>> => {
    if (this.#closing) {
      this.#pending -= 1;
      await this.#closing;
      return ended;
    }
    try {
      this.#opening ??= this.#open();
      this.#source ??= await this.#opening;
    } catch (error) {
      return this.#fail(error);
    }
    return this.#source.next().then(this.#take, this.#fail);
  };

  readonly #take = (
    item: IteratorResult<T, void>,
  ): IteratorResult<T, void> | Promise<IteratorResult<T, void>> => {
    this.#pending -= 1;
    return item.done ? this.#close().then(() => ended) : item;
  };

  readonly #fail = async (error: unknown): Promise<IteratorResult<T, void>> => {
    this.#pending -= 1;
    await this.#close();
    if (this.#hasReaderLeft) return ended;
    throw error;
  };

  /** Closes the source once. Never rejects. */
  #close(): Promise<void> {
    this.#closing ??= (async () => {
      const source = await this.#opening?.catch(() => null);
      await source?.close().catch(() => undefined);
    })();
    return this.#closing;
  }
}

/** Whether an answer ends with this chunk. */
export const isLastChunk = ({ type }: EngineChunk): boolean => type === 'done';

/** How long a stream may take to end after its last item was read, in ms. */
const endMs = 1000;

/**
 * Creates a stream that stops as the engine port promises. `produce` starts on the first `next()`. Its signal aborts with
 * any of `signals`, and when the reader calls `return()`, even during a pending `next()`; a plain async generator would
 * wait for that one. A stream whose last item was read isn't aborted but ends normally, which keeps its connection alive
 * for the next request.
 */
export function stoppable<T>(
  signals: readonly AbortSignal[],
  produce: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  isLast: (item: T) => boolean = () => false,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
      const readerLeft = new AbortController();
      const items = produce(AbortSignal.any([...signals, readerLeft.signal]));
      let isPending = false;
      let hasLast = false;
      let hasEnded = false;

      /** Resolves when the stream has ended, or after `endMs`. */
      const end = async () => {
        const waiting = new AbortController();
        const ending = items.next().then(
          ({ done }) => {
            hasEnded = done === true;
          },
          () => {
            hasEnded = true;
          },
        );
        await Promise.race([ending, sleep(endMs, undefined, { signal: waiting.signal }).catch(() => {})]);
        waiting.abort();
      };

      return {
        async next() {
          isPending = true;
          try {
            const item = await items.next();
            hasEnded = item.done === true;
            hasLast = !item.done && isLast(item.value);
            return item;
          } catch (error) {
            hasEnded = true;
            if (readerLeft.signal.aborted) return { done: true, value: undefined };
            throw error;
          } finally {
            isPending = false;
          }
        },
        async return() {
          if (hasLast && !isPending) await end();
          if (!hasEnded) readerLeft.abort();
          try {
            await items.return();
          } catch {
            // The reader has left, so it needs no error.
          }
          return { done: true, value: undefined };
        },
      };
    },
  };
}
