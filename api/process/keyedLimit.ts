export type KeyedLimit = ReturnType<typeof createKeyedLimit>;

/** Runs at most `maxRunning` tasks of the same key at once. Further tasks of that key wait, first come first served. */
export const createKeyedLimit = (maxRunning: number) => {
  const entries = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  return {
    async run<Result>(key: string, task: () => Promise<Result> | Result): Promise<Result> {
      const entry = entries.get(key) ?? { running: 0, waiting: [] };
      entries.set(key, entry);
      if (entry.running >= maxRunning) {
        const { promise, resolve } = Promise.withResolvers<void>();
        entry.waiting.push(resolve);
        // A task that ends passes its slot on, so `running` stays as it is.
        await promise;
      } else entry.running += 1;
      try {
        return await task();
      } finally {
        const next = entry.waiting.shift();
        if (next) next();
        else {
          entry.running -= 1;
          if (entry.running === 0) entries.delete(key);
        }
      }
    },
  };
};
