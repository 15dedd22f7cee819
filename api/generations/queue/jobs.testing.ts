import type { Job } from './queue.ts';

/** Jobs that a test ends by hand, and the order in which they were taken. */
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
    /** Resolves when so many have been taken. */
    async count(count: number) {
      while (taken.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};
