import type { Job } from './queue.ts';

/** Creates a `run` function whose jobs a test ends by hand. Records the order in which jobs are taken. */
export const createManualJobs = () => {
  const taken: string[] = [];
  const ends = new Map<string, () => void>();
  let wake: () => void = () => {};
  return {
    taken,
    run: ({ id }: Job) =>
      new Promise<void>((resolve) => {
        taken.push(id);
        ends.set(id, resolve);
        wake();
      }),
    end: (id: string) => ends.get(id)?.(),
    /** Resolves when `count` jobs have been taken. */
    async count(count: number) {
      while (taken.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
