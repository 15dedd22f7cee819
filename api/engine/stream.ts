/** Settles as `work` does, or rejects with `signal.reason` as soon as the signal aborts; `work` then goes on unheard. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * A stream that stops as the engine port promises: `produce` begins on the first `next()`, and gets a signal that
 * aborts with any of `signals` and also when the reader calls `return()`, even while a `next()` is pending, which a
 * plain async generator would first wait for.
 */
export function stoppable<T>(
  signals: readonly AbortSignal[],
  produce: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
      const left = new AbortController();
      const items = produce(AbortSignal.any([...signals, left.signal]));
      return {
        async next() {
          try {
            return await items.next();
          } catch (error) {
            if (left.signal.aborted) return { done: true, value: undefined };
            throw error;
          }
        },
        async return() {
          left.abort();
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
