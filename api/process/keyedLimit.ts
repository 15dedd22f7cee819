/** Lets `width` tasks of each key run at once; others wait in order. */
export interface Turns {
  run<Result>(key: string, task: () => Promise<Result> | Result): Promise<Result>;
}

export const createTurns = (width: number): Turns => {
  const running = new Map<string, { count: number; readonly waiting: (() => void)[] }>();

  return {
    async run(key, task) {
      const turn = running.get(key) ?? { count: 0, waiting: [] };
      running.set(key, turn);
      if (turn.count >= width) {
        const { promise, resolve } = Promise.withResolvers<void>();
        turn.waiting.push(resolve);
        // Whoever ends hands its turn over.
        await promise;
      } else turn.count += 1;
      try {
        return await task();
      } finally {
        const next = turn.waiting.shift();
        if (next) next();
        else {
          turn.count -= 1;
          if (turn.count === 0) running.delete(key);
        }
      }
    },
  };
};
