import { createIds } from '../ids.ts';
import type { Job, Queue } from './queue.ts';

/** Jobs that a test ends by hand, and the order in which they were taken. */
const createRuns = () => {
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

/** What every queue promises, on whatever it is kept. */
export const describeQueue = (name: string, open: () => Promise<Queue>): void => {
  describe(`the queue ${name}`, () => {
    const ids = createIds();
    let queue: Queue;

    beforeEach(async () => {
      queue = await open();
    });
    afterEach(() => queue.close());

    const add = async (ownerId: string) => {
      const id = ids.next();
      await queue.add({ id, ownerId });
      return id;
    };

    it('takes as many at a time as there are slots', async () => {
      const runs = createRuns();
      const [a, b, c] = [await add('ann'), await add('ann'), await add('ann')];
      const stop = queue.work(runs.run, () => 2);
      await runs.count(2);
      expect(runs.taken).toEqual([a, b]);
      expect(await queue.position(c)).toBe(1);
      runs.end(a);
      await runs.count(3);
      expect(runs.taken).toEqual([a, b, c]);
      runs.end(b);
      runs.end(c);
      await stop();
    });

    it('is fair: one user with many never stands before another with one', async () => {
      const runs = createRuns();
      const anns = [await add('ann'), await add('ann'), await add('ann'), await add('ann')];
      const bobs = await add('bob');
      expect(await queue.position(bobs)).toBe(2);
      expect(await queue.position(anns[1] ?? '')).toBe(3);
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      runs.end(anns[0] ?? '');
      await runs.count(2);
      expect(runs.taken).toEqual([anns[0], bobs]);
      runs.end(bobs);
      for (const [index, id] of anns.entries()) {
        if (index === 0) continue;
        await runs.count(index + 2);
        runs.end(id);
      }
      await stop();
      expect(runs.taken).toEqual([anns[0], bobs, ...anns.slice(1)]);
    });

    it('takes one id once, however often it is added', async () => {
      const runs = createRuns();
      const id = await add('ann');
      await queue.add({ id, ownerId: 'ann' });
      expect(await queue.waitingCount()).toBe(1);
      const stop = queue.work(runs.run, () => 4);
      await runs.count(1);
      await queue.add({ id, ownerId: 'ann' });
      expect(await queue.waitingCount()).toBe(0);
      runs.end(id);
      await stop();
      expect(runs.taken).toEqual([id]);
    });

    it('lets go of what is removed, and says whether it waited', async () => {
      const id = await add('ann');
      const other = await add('ann');
      expect(await queue.remove(id)).toBe(true);
      expect(await queue.remove(id)).toBe(false);
      expect(await queue.position(id)).toBeNull();
      expect(await queue.position(other)).toBe(1);
    });

    it('tells when places change', async () => {
      let changes = 0;
      const stop = queue.onChange(() => {
        changes += 1;
      });
      const id = await add('ann');
      await queue.remove(id);
      expect(changes).toBeGreaterThanOrEqual(2);
      stop();
      const before = changes;
      await add('ann');
      expect(changes).toBe(before);
    });

    it('takes no more once it was told to stop, and waits for what runs', async () => {
      const runs = createRuns();
      const [first, second] = [await add('ann'), await add('ann')];
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      const stopped = stop();
      runs.end(first);
      await stopped;
      expect(runs.taken).toEqual([first]);
      expect(await queue.position(second)).toBe(1);
    });
  });
};
