import { once } from 'node:events';
import { Redis } from 'ioredis';
import { createIds } from '../../process/ids.ts';
import { describeWithRedis, openReplicas, sharedRedisUrl } from '../../redis/server.testing.ts';
import { createManualJobs } from './jobs.testing.ts';
import { firstLine, openQueue, type Replicas, startWorkerProcess } from './queue.bullmq.testing.ts';
import { describeQueue } from './queue.contract.ts';
import type { IsHeld, Job, Queue } from './queue.ts';

describeWithRedis('on the shared Redis', () => {
  describeQueue('on BullMQ', async () => {
    const replicas = openReplicas();
    const queue = openQueue(replicas);
    return {
      ...queue,
      async close() {
        await queue.close();
        await replicas.close();
      },
    };
  });

  describe('the queue of several replicas', () => {
    const ids = createIds();
    let replicas: Replicas;
    let here: Queue;
    let there: Queue;

    const open = (globalSlots: number | null = null) => {
      replicas = openReplicas();
      here = openQueue(replicas, globalSlots);
      there = openQueue(replicas, globalSlots);
    };
    afterEach(async () => {
      await Promise.all([here.close(), there.close()]);
      await replicas.close();
    });

    const add = async (queue: Queue, ownerId: string) => {
      const id = ids.next();
      await queue.add({ id, ownerId });
      return id;
    };

    it('is served by all of them, each job by one', async () => {
      open();
      const runs = createManualJobs();
      const [mine, yours] = [createManualJobs(), createManualJobs()];
      const all = await Promise.all(Array.from({ length: 20 }, () => add(here, 'ann')));
      const both = (own: ReturnType<typeof createManualJobs>) => async (job: Job) => {
        const ended = own.run(job);
        await runs.run(job);
        own.end(job.id);
        await ended;
      };
      const stops = [here.work(both(mine), () => 2), there.work(both(yours), () => 2)];
      for (let count = 4; count <= 20; count += 1) {
        await runs.count(Math.min(count, 20));
        runs.end(runs.taken[count - 4] ?? '');
      }
      for (const id of all) runs.end(id);
      await Promise.all(stops.map((stop) => stop()));
      expect([...runs.taken].sort()).toEqual([...all].sort());
      expect(mine.taken.length).toBeGreaterThan(0);
      expect(yours.taken.length).toBeGreaterThan(0);
    }, 20_000);

    it('is fair between users, whichever replica they are on', async () => {
      open();
      const anns = [await add(here, 'ann'), await add(there, 'ann'), await add(here, 'ann')];
      const bobs = [await add(there, 'bob'), await add(here, 'bob')];
      const order = [anns[0], bobs[0], anns[1], bobs[1], anns[2]];
      expect(await Promise.all(order.map((id) => here.position(id ?? '')))).toEqual([1, 2, 3, 4, 5]);
      const runs = createManualJobs();
      const stop = there.work(runs.run, () => 1);
      for (const [index, id] of order.entries()) {
        await runs.count(index + 1);
        runs.end(id ?? '');
      }
      await stop();
      expect(runs.taken).toEqual(order);
    }, 20_000);

    it('runs no more jobs at once than the global limit', async () => {
      open(3);
      const all = await Promise.all(Array.from({ length: 9 }, () => add(here, 'ann')));
      let running = 0;
      let most = 0;
      const runs = createManualJobs();
      const run = async (job: Job) => {
        running += 1;
        most = Math.max(most, running);
        await runs.run(job);
        running -= 1;
      };
      // Each replica sets the limit before it takes jobs; both set the same.
      const stops = [here.work(run, () => 4), there.work(run, () => 4)];
      for (let count = 1; count <= 9; count += 1) {
        await runs.count(count);
        if (count >= 3) runs.end(runs.taken[count - 3] ?? '');
      }
      for (const id of all) runs.end(id);
      await Promise.all(stops.map((stop) => stop()));
      expect(most).toBe(3);
    }, 20_000);

    it('takes others beyond the global limit while jobs of any replica need no slot', async () => {
      open(1);
      const [first, second] = [await add(here, 'ann'), await add(here, 'bob')];
      const runs = createManualJobs();
      const stops = [
        here.work(runs.run, () => 1, { count: () => 1, onChange: () => () => {} }),
        there.work(runs.run, () => 1, { count: () => 0, onChange: () => () => {} }),
      ];
      await runs.count(2);
      expect([...runs.taken].sort()).toEqual([first, second].sort());
      for (const id of runs.taken) runs.end(id);
      await Promise.all(stops.map((stop) => stop()));
    }, 20_000);

    it('keeps no count of extra slots without tools', async () => {
      open(1);
      const stop = here.work(createManualJobs().run, () => 1);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const redis = replicas.replica();
      const keys = await redis.ask((client) => client.keys(`*${redis.prefix}*:idle`));
      expect(keys).toEqual([]);
      await stop();
    });

    it('notifies listeners of one replica when positions change on another', async () => {
      open();
      const told = Promise.withResolvers<void>();
      const first = await add(here, 'ann');
      const second = await add(here, 'ann');
      expect(await there.position(second)).toBe(2);
      there.onChange(async () => {
        if ((await there.position(second)) === 1) told.resolve();
      });
      await here.remove(first);
      await told.promise;
    });

    it('takes no job without a slot, and takes more as soon as there are more slots', async () => {
      open();
      let slots = 0;
      const runs = createManualJobs();
      const stop = here.work(runs.run, () => slots);
      const all = [await add(here, 'ann'), await add(here, 'ann'), await add(here, 'ann')];
      await expect(here.position(all[0] ?? '')).resolves.toBe(1);
      slots = 1;
      await runs.count(1);
      slots = 3;
      await runs.count(3);
      for (const id of all) runs.end(id);
      await stop();
    }, 20_000);

    it('gives a held job to a worker after the death of its replica, and not before', async () => {
      open();
      const [dead, alive] = [ids.next(), ids.next()];
      await here.hold({ id: dead, ownerId: 'ann' }, null);
      const kept = await there.hold({ id: alive, ownerId: 'ann' }, null);
      // Stops its timers, as if the process had died.
      await here.close();
      const jobs: Job[] = [];
      const taken = Promise.withResolvers<void>();
      const stop = there.work(
        async (job) => {
          jobs.push(job);
          taken.resolve();
        },
        () => 2,
      );
      await taken.promise;
      expect(await there.has(alive)).toBe(true);
      expect(kept?.lost.aborted).toBe(false);
      await kept?.release();
      await stop();
      expect(jobs).toEqual([{ id: dead, ownerId: 'ann', takeover: true }]);
    }, 20_000);

    it('aborts the signal of a lost hold, whose replica cannot end the hold of another', async () => {
      open();
      const job = { id: ids.next(), ownerId: 'ann' };
      const hold = await here.hold(job, null);
      const lost = new Promise<void>((resolve) => hold?.lost.addEventListener('abort', () => resolve()));
      expect(await there.remove(job.id)).toBe(true);
      const other = await there.hold(job, null);
      await lost;
      await hold?.release();
      expect(await here.has(job.id)).toBe(true);
      await other?.release();
      expect(await here.has(job.id)).toBe(false);
    }, 20_000);

    it('reports whether a worker still holds the lock of its job', async () => {
      open();
      const id = await add(here, 'ann');
      const taken = Promise.withResolvers<IsHeld>();
      const end = Promise.withResolvers<void>();
      const stop = here.work(
        async (_job, isHeld) => {
          taken.resolve(isHeld);
          await end.promise;
        },
        () => 1,
      );
      const isHeld = await taken.promise;
      expect(await isHeld()).toBe(true);
      const client = new Redis(sharedRedisUrl);
      const locks = (await client.keys(`*${id}:lock`)).filter((key) => key.includes(replicas.prefix));
      expect(locks).toHaveLength(1);
      // As after the lock of a paused process has expired, and another worker has taken the job.
      await client.set(locks[0] ?? '', 'of another worker');
      expect(await isHeld()).toBe(false);
      await client.del(...locks);
      await client.quit();
      end.resolve();
      await stop();
    }, 20_000);

    it('lets a stopping replica hand its jobs over to another', async () => {
      open();
      const id = await add(here, 'ann');
      const runs = createManualJobs();
      const stopHere = here.work(runs.run, () => 1);
      await runs.count(1);
      const taken = Promise.withResolvers<Job>();
      const stopThere = there.work(
        async (job) => taken.resolve(job),
        () => 1,
      );
      const stopped = stopHere();
      await here.add({ id, ownerId: 'ann', takeover: true });
      runs.end(id);
      await stopped;
      expect(await taken.promise).toEqual({ id, ownerId: 'ann', takeover: true });
      await stopThere();
    }, 20_000);

    it('gives the job of a killed process to another within ten seconds, with takeover set', async () => {
      open();
      const id = await add(here, 'ann');
      const worker = startWorkerProcess(replicas.prefix, sharedRedisUrl);
      expect(await firstLine(worker)).toBe(id);
      expect(await here.has(id)).toBe(true);

      const taken = Promise.withResolvers<Job>();
      const stop = there.work(
        async (job) => taken.resolve(job),
        () => 1,
      );
      const exited = once(worker, 'exit');
      worker.kill('SIGKILL');
      await exited;
      const killedAt = performance.now();
      expect(await taken.promise).toEqual({ id, ownerId: 'ann', takeover: true });
      expect(performance.now() - killedAt).toBeLessThan(10_000);
      await stop();
      expect(await here.has(id)).toBe(false);
    }, 30_000);
  });
});
