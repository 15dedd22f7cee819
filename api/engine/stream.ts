import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineChunk } from './engine.ts';

/** Settles as `work` does, or rejects with `signal.reason` as soon as the signal aborts; `work` then goes on unheard. */
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

/** How long a stream whose last item was read may take to end by itself, in milliseconds. */
const endMs = 1000;

/**
 * A stream that stops as the engine port promises: `produce` begins on the first `next()`, and gets a signal that
 * aborts with any of `signals` and also when the reader calls `return()`, even while a `next()` is pending, which a
 * plain async generator would first wait for. A stream that has ended, or whose last item was read, isn't aborted: it
 * ends by itself, which keeps its connection alive for the next request.
 */
export function stoppable<T>(
  signals: readonly AbortSignal[],
  produce: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  isLast: (item: T) => boolean = () => false,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
      const left = new AbortController();
      const items = produce(AbortSignal.any([...signals, left.signal]));
      let isPending = false;
      let hasLast = false;
      let hasEnded = false;

      /** Resolves when it has ended, or after a while. */
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
            if (left.signal.aborted) return { done: true, value: undefined };
            throw error;
          } finally {
            isPending = false;
          }
        },
        async return() {
          if (hasLast && !isPending) await end();
          if (!hasEnded) left.abort();
          try {
            await items.return();
          } catch {
            // The reader has left: why the stream ended is no longer its concern.
          }
          return { done: true, value: undefined };
        },
      };
    },
  };
}
