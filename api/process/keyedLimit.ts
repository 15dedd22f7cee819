/** Limits how many tasks of the same key run at once. Further tasks of that key wait, first come first served. */
export interface KeyedLimit {
  run<Result>(key: string, task: () => Promise<Result> | Result): Promise<Result>;
}

/** Creates a limit of `maxRunning` tasks per key. */
export const createKeyedLimit = (maxRunning: number): KeyedLimit => {
  const entries = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  return {
    async run(key, task) {
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
