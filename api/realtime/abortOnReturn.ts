/** A reason of its own for each abort would capture a stack trace. */
const readerLeft = new Error('the reader has left');

/**
 * Creates an async generator that ends at once when its reader leaves: `return` aborts the signal that `begin` gets, so
 * what the generator waits for is cancelled, and its `finally` blocks run. A plain async generator would wait for its next
 * event first.
 */
export const abortOnReturn = <Item>(
  begin: (signal: AbortSignal) => AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> => {
  const controller = new AbortController();
  const inner = begin(controller.signal);
  const done = { done: true, value: undefined } as const;

  return {
    async next() {
      try {
        return await inner.next();
      } catch (error) {
        if (controller.signal.aborted) return done;
        throw error;
      }
    },
    async return() {
      controller.abort(readerLeft);
      await inner.return().catch(() => {});
      return done;
    },
    async throw(error) {
      controller.abort(readerLeft);
      await inner.return().catch(() => {});
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
};
