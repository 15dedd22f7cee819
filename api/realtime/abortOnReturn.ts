/**
 * An async generator waits to be resumed before it can be returned, so one that waits for an event would linger when
 * its reader leaves. This one is told by a signal: `return` aborts it, what waits ends at once, `finally` blocks run.
 */
export const abortOnReturn = <Item>(
  begin: (signal: AbortSignal) => AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> => {
  const controller = new AbortController();
  const inner = begin(controller.signal);
  const left = { done: true, value: undefined } as const;

  return {
    async next() {
      try {
        return await inner.next();
      } catch (error) {
        if (controller.signal.aborted) return left;
        throw error;
      }
    },
    async return() {
      controller.abort();
      await inner.return().catch(() => {});
      return left;
    },
    async throw(error) {
      controller.abort();
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
