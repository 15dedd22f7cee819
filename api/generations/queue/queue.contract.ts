import { eventually } from '../../process/eventually.testing.ts';
import { createIds } from '../../process/ids.ts';
import { createManualJobs } from './jobs.testing.ts';
import type { Job, Queue } from './queue.ts';

/** The contract of every queue. */
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

    /** Resolves when the queue no longer has the job. */
    const removed = (id: string) =>
      eventually(
        () => queue.has(id),
        (isThere) => !isThere,
      );

    it('takes as many at a time as there are slots', async () => {
      const runs = createManualJobs();
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

    it('is fair: a user with many jobs does not delay a user with one', async () => {
      const runs = createManualJobs();
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

    const addBackground = async (ownerId: string) => {
      const id = ids.next();
      await queue.add({ id, ownerId, isBackground: true });
      return id;
    };

    it('takes jobs in the background only while no other job waits', async () => {
      const runs = createManualJobs();
      const batch = [await addBackground('ann'), await addBackground('ann'), await addBackground('ann')];
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      // While the first one runs, people ask: the owner of the batch too.
      const [own, bobs] = [await add('ann'), await add('bob')];
      expect(await queue.position(own)).toBe(1);
      expect(await queue.position(bobs)).toBe(2);
      expect(await queue.position(batch[1] ?? '')).toBe(3);
      expect(await queue.waitingCount()).toBe(4);
      expect(await queue.waitingPeopleCount()).toBe(2);
      for (const [index, id] of [batch[0], own, bobs, batch[1], batch[2]].entries()) {
        await runs.count(index + 1);
        runs.end(id ?? '');
      }
      await stop();
      expect(runs.taken).toEqual([batch[0], own, bobs, batch[1], batch[2]]);
    });

    it('takes jobs in the background after people too if a dead worker began them', async () => {
      const runs = createManualJobs();
      const first = await add('ann');
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      const begun = ids.next();
      await queue.add({ id: begun, ownerId: 'ann', isBackground: true, takeover: true });
      const bobs = await add('bob');
      expect(await queue.position(bobs)).toBe(1);
      expect(await queue.waitingPeopleCount()).toBe(1);
      for (const [index, id] of [first, bobs, begun].entries()) {
        await runs.count(index + 1);
        runs.end(id);
      }
      await stop();
      expect(runs.taken).toEqual([first, bobs, begun]);
    });

    it('tells a worker which jobs are in the background', async () => {
      const jobs: Job[] = [];
      await addBackground('ann');
      await add('ann');
      const twice = Promise.withResolvers<void>();
      const stop = queue.work(
        async (job) => {
          jobs.push(job);
          if (jobs.length === 2) twice.resolve();
        },
        () => 1,
      );
      await twice.promise;
      await stop();
      expect(jobs.map(({ isBackground = false }) => isBackground).toSorted()).toEqual([false, true]);
    });

    it('is fair between users in the background too, also after jobs were removed', async () => {
      const runs = createManualJobs();
      const anns = [await addBackground('ann'), await addBackground('ann'), await addBackground('ann')];
      const bobs = [await addBackground('bob'), await addBackground('bob')];
      const person = await add('bob');
      expect(await queue.position(bobs[0] ?? '')).toBe(3);
      expect(await queue.remove(anns[0] ?? '')).toBe(true);
      expect(await queue.remove(person)).toBe(true);
      // In the rounds of people there is no trace of the background.
      const again = await add('bob');
      const anns3 = await addBackground('ann');
      const stop = queue.work(runs.run, () => 1);
      for (let taken = 1; taken <= 6; taken += 1) {
        await runs.count(taken);
        runs.end(runs.taken.at(-1) ?? '');
      }
      await stop();
      expect(runs.taken[0]).toBe(again);
      expect(new Set(runs.taken.slice(1, 3))).toEqual(new Set([anns[1], bobs[0]]));
      expect(new Set(runs.taken.slice(3, 5))).toEqual(new Set([anns[2], bobs[1]]));
      expect(runs.taken[5]).toBe(anns3);
    });

    it('keeps a job in the background that is added while it runs', async () => {
      const runs = createManualJobs();
      const id = await addBackground('ann');
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      await queue.add({ id, ownerId: 'ann', isBackground: true });
      const bobs = await add('bob');
      runs.end(id);
      await runs.count(2);
      runs.end(bobs);
      await runs.count(3);
      runs.end(id);
      await stop();
      expect(runs.taken).toEqual([id, bobs, id]);
    });

    it('takes an id once, even if it is added several times', async () => {
      const runs = createManualJobs();
      const id = await add('ann');
      await queue.add({ id, ownerId: 'ann' });
      expect(await queue.waitingCount()).toBe(1);
      const stop = queue.work(runs.run, () => 4);
      await runs.count(1);
      expect(await queue.waitingCount()).toBe(0);
      runs.end(id);
      await stop();
      expect(runs.taken).toEqual([id]);
    });

    it('takes a job again after its end if it was added while it ran', async () => {
      const runs = createManualJobs();
      const id = await add('ann');
      const stop = queue.work(runs.run, () => 4);
      await runs.count(1);
      await queue.add({ id, ownerId: 'ann' });
      await queue.add({ id, ownerId: 'ann' });
      expect(await queue.waitingCount()).toBe(0);
      runs.end(id);
      await runs.count(2);
      expect(await queue.has(id)).toBe(true);
      runs.end(id);
      await stop();
      expect(runs.taken).toEqual([id, id]);
      expect(await queue.has(id)).toBe(false);
    });

    it('keeps the takeover flag of a job that is added while it runs', async () => {
      const jobs: Job[] = [];
      const id = await add('ann');
      const twice = Promise.withResolvers<void>();
      const stop = queue.work(
        async (job) => {
          jobs.push(job);
          if (jobs.length === 2) return twice.resolve();
          await queue.add({ id, ownerId: 'ann', takeover: true });
          await queue.add({ id, ownerId: 'ann' });
        },
        () => 1,
      );
      await twice.promise;
      await stop();
      expect(jobs.map(({ takeover = false }) => takeover)).toEqual([false, true]);
    });

    it('takes an ended job when it is added again', async () => {
      const runs = createManualJobs();
      const id = await add('ann');
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      runs.end(id);
      await removed(id);
      await queue.add({ id, ownerId: 'ann' });
      await runs.count(2);
      runs.end(id);
      await stop();
    });

    it('has waiting and running jobs', async () => {
      const runs = createManualJobs();
      const [first, second] = [await add('ann'), await add('bob')];
      expect(await queue.has(ids.next())).toBe(false);
      expect(await queue.has(first)).toBe(true);
      const stop = queue.work(runs.run, () => 1);
      await runs.count(1);
      expect(await queue.has(first)).toBe(true);
      expect(await queue.position(first)).toBeNull();
      expect(await queue.remove(first)).toBe(false);
      expect(await queue.has(second)).toBe(true);
      runs.end(first);
      await runs.count(2);
      runs.end(second);
      await stop();
    });

    it('passes the takeover flag to the worker', async () => {
      const jobs: Job[] = [];
      const id = ids.next();
      await queue.add({ id, ownerId: 'ann', takeover: true });
      const plain = await add('ann');
      const taken = Promise.withResolvers<void>();
      const stop = queue.work(
        async (job) => {
          jobs.push(job);
          if (jobs.length === 2) taken.resolve();
        },
        () => 1,
      );
      await taken.promise;
      await stop();
      expect(jobs.map((job) => [job.id, job.ownerId, job.takeover ?? false])).toEqual([
        [id, 'ann', true],
        [plain, 'ann', false],
      ]);
    });

    it("moves a user's later jobs up when one is removed", async () => {
      const anns = await add('ann');
      const [first, second, third] = [await add('cyd'), await add('cyd'), await add('cyd')];
      const anns2 = await add('ann');
      await queue.remove(first);
      await queue.remove(second);
      expect(await queue.position(anns)).toBe(1);
      expect(await queue.position(third)).toBe(2);
      expect(await queue.position(anns2)).toBe(3);
      await queue.remove(third);
      const later = await add('cyd');
      const anns3 = await add('ann');
      expect(await queue.position(anns2)).toBeLessThanOrEqual(3);
      expect(await queue.position(later)).toBeLessThanOrEqual(3);
      expect(await queue.position(anns3)).toBe(4);
    });

    it('removes a job, and returns whether it was waiting', async () => {
      const id = await add('ann');
      const other = await add('ann');
      expect(await queue.remove(id)).toBe(true);
      expect(await queue.remove(id)).toBe(false);
      expect(await queue.position(id)).toBeNull();
      expect(await queue.position(other)).toBe(1);
    });

    describe('holds a job for the process that answers it', () => {
      const job = () => ({ id: ids.next(), ownerId: 'ann' });

      it('so the queue has it, but no worker takes it', async () => {
        const runs = createManualJobs();
        const held = job();
        const hold = await queue.hold(held, null);
        const stop = queue.work(runs.run, () => 4);
        expect(await queue.has(held.id)).toBe(true);
        expect(await queue.position(held.id)).toBeNull();
        expect(await queue.waitingCount()).toBe(0);
        const other = await add('ann');
        await runs.count(1);
        runs.end(other);
        await removed(other);
        expect(runs.taken).toEqual([other]);
        await hold?.release();
        await hold?.release();
        expect(await queue.has(held.id)).toBe(false);
        expect(hold?.lost.aborted).toBe(false);
        await stop();
        expect(runs.taken).toEqual([other]);
      });

      it('unless it waits, runs or is held already', async () => {
        const runs = createManualJobs();
        const [running, waiting] = [await add('ann'), await add('ann')];
        const stop = queue.work(runs.run, () => 1);
        await runs.count(1);
        const held = job();
        const hold = await queue.hold(held, null);
        expect(hold).not.toBeNull();
        for (const id of [running, waiting, held.id]) {
          expect(await queue.hold({ id, ownerId: 'ann' }, null)).toBeNull();
        }
        runs.end(running);
        await runs.count(2);
        runs.end(waiting);
        await stop();
        await hold?.release();
        const again = await queue.hold(held, null);
        expect(again).not.toBeNull();
        await again?.release();
      });

      it('at the position of its leader', async () => {
        const [first, leader] = [await add('ann'), await add('ann')];
        const follower = job();
        const hold = await queue.hold(follower, leader);
        expect(await queue.position(follower.id)).toBe(2);
        await queue.remove(first);
        expect(await queue.position(follower.id)).toBe(1);
        await queue.remove(leader);
        expect(await queue.position(follower.id)).toBeNull();
        await hold?.release();
      });

      it('and queues it afterwards if it was added during the hold, once', async () => {
        const jobs: Job[] = [];
        const held = job();
        const hold = await queue.hold(held, null);
        const taken = Promise.withResolvers<void>();
        const stop = queue.work(
          async (one) => {
            jobs.push(one);
            taken.resolve();
          },
          () => 1,
        );
        await queue.add({ ...held, takeover: true });
        await queue.add(held);
        expect(await queue.waitingCount()).toBe(0);
        await hold?.release();
        await taken.promise;
        await removed(held.id);
        await stop();
        expect(jobs).toEqual([{ ...held, takeover: true }]);
      });

      it('until it is removed, which aborts its signal', async () => {
        const held = job();
        const hold = await queue.hold(held, null);
        await queue.add(held);
        expect(await queue.remove(held.id)).toBe(true);
        expect(hold?.lost.aborted).toBe(true);
        expect(await queue.remove(held.id)).toBe(false);
        await hold?.release();
        expect(await queue.has(held.id)).toBe(false);
        // A holder that has lost the job can't end a later hold.
        await queue.add(held);
        await hold?.release();
        expect(await queue.position(held.id)).toBe(1);
      });
    });

    it('resumes by itself when slots become available', async () => {
      const runs = createManualJobs();
      let slots = 0;
      const id = await add('ann');
      const stop = queue.work(runs.run, () => slots);
      expect(await queue.position(id)).toBe(1);
      slots = 1;
      await runs.count(1);
      expect(runs.taken).toEqual([id]);
      runs.end(id);
      await stop();
    });

    it('takes no job in place of one that needs its slot again', async () => {
      const runs = createManualJobs();
      const listeners = new Set<() => void>();
      let extra = 1;
      const [first = '', second = '', third = ''] = [await add('ann'), await add('bob'), await add('eve')];
      const onChange = (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      };
      const stop = queue.work(runs.run, () => 1, { count: () => extra, onChange });
      await runs.count(2);
      extra = 0;
      for (const listener of listeners) listener();
      runs.end(first);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(runs.taken).toEqual([first, second]);
      runs.end(second);
      await runs.count(3);
      runs.end(third);
      await stop();
      expect(listeners.size).toBe(0);
    });

    it('takes others beside running jobs that need no slot', async () => {
      const runs = createManualJobs();
      let extra = 0;
      const [first = '', second = '', third = ''] = [await add('ann'), await add('bob'), await add('eve')];
      const stop = queue.work(runs.run, () => 1, { count: () => extra, onChange: () => () => {} });
      await runs.count(1);
      extra = 1;
      await runs.count(2);
      extra = 0;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      runs.end(first);
      await new Promise((resolve) => setTimeout(resolve, 300));
      // The first one needed a slot again, so none is left.
      expect(runs.taken).toEqual([first, second]);
      runs.end(second);
      await runs.count(3);
      runs.end(third);
      await stop();
    });

    it('notifies listeners when positions change', async () => {
      let changes = 0;
      let wake: () => void = () => {};
      const changedTimes = async (count: number) => {
        while (changes < count) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      const stop = queue.onChange(() => {
        changes += 1;
        wake();
      });
      const id = await add('ann');
      await changedTimes(1);
      await queue.remove(id);
      await changedTimes(2);
      stop();
      const before = changes;
      await add('ann');
      expect(changes).toBe(before);
    });

    it('takes no jobs once it is stopped, and waits for running ones', async () => {
      const runs = createManualJobs();
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
