import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineChunk } from './engine.ts';

/** Settles like `work`, or rejects with `signal.reason` when the signal aborts; the outcome of `work` is then ignored. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
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
