import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullJob, Worker } from 'bullmq';
import type { Logger } from 'pino';
import type { RedisConnection } from '../../redis/connection.ts';
import { asFailure } from '../../redis/errors.ts';
import type { IsHeld, Job } from './queue.ts';

/** What a job holds beside its id; its name is its owner. */
export interface JobPayload {
  readonly takeover: boolean;
}

/**
 * What a worker that dies costs, in milliseconds. Its lock runs out after `lockDuration`. Other workers look every
 * `stalledInterval`, in effect every second time, since one look of anybody counts for all; what is seen active at one
 * look and has no lock at a later one is taken over. So it takes seven seconds at most.
 */
const lockDuration = 5000;
const lockRenewTime = 1500;
const stalledInterval = 1000;
/** As many workers may die of a job before it is given up here. */
const maxStalledCount = 5;
/** How long one waits at Redis for work before it looks by itself, in seconds. */
const drainDelay = 2;
/** How soon something is tried again that failed because Redis was away, in milliseconds. */
const runRetryDelay = 500;
/** How often the number of slots is looked at, in milliseconds. */
const lookEveryMs = 1000;
/** How long a worker whose jobs have ended may take to say so to Redis, in milliseconds. */
const farewellMs = 3000;

export interface WorkDeps {
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly name: string;
  readonly prefix: string;
  /** A job was begun. */
  readonly begun: () => void;
  /** Redis knows no more of a job. */
  readonly ended: (id: string) => Promise<void>;
  /** Called before work is taken, and about once a second while it is. */
  readonly look: () => Promise<void>;
}

/** A worker that can stop before Redis answers. `close()` stops renewing locks last, so never while Redis is down. */
class QueueWorker extends Worker<JobPayload> {
  stopRenewing(): Promise<void> {
    return this.lockManager.close();
  }
}

/** Takes jobs, `slots()` at a time. The result stops that, and resolves when what runs has ended; idempotent. */
export const startWork = (
  deps: WorkDeps,
  run: (job: Job, isHeld: IsHeld) => Promise<void>,
  slots: () => number,
): (() => Promise<void>) => {
  const { log } = deps;
  const underWay = new Set<Promise<void>>();
  const follow = (what: Promise<void>) => {
    const settled = what
      .catch((error: unknown) => log.error({ err: error }, 'a job could not be followed'))
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
    return settled;
  };

  const take = async (bullJob: BullJob<JobPayload>, token = '') => {
    const { id = '', name: ownerId, data, stalledCounter } = bullJob;
    deps.begun();
    const job = { id, ownerId, takeover: data.takeover || stalledCounter > 0 };
    const isHeld = async () => {
      try {
        return (await bullJob.extendLock(token, lockDuration)) === 1;
      } catch (error) {
        throw asFailure(error);
      }
    };
    await follow(run(job, isHeld));
  };

  const connection = deps.redis.connectWorker();
  connection.on('error', (error: Error) => log.debug({ err: error }, "the worker's Redis is away"));
  const worker = new QueueWorker(deps.name, take, {
    connection,
    prefix: deps.prefix,
    concurrency: Math.max(1, slots()),
    autorun: false,
    lockDuration,
    lockRenewTime,
    stalledInterval,
    maxStalledCount,
    drainDelay,
    runRetryDelay,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  // While Redis is away every try is an error, and whoever holds the connection has said so.
  worker.on('error', (error) =>
    log[connection.status === 'ready' ? 'warn' : 'debug']({ err: error }, 'the queue stumbled'),
  );
  worker.on('completed', ({ id = '' }) => follow(deps.ended(id)));
  worker.on('failed', (job, error) => {
    log.error({ generation: job?.id, err: error }, 'a job was given up');
    if (job?.id) follow(deps.ended(job.id));
  });

  let started = false;
  const adjust = async () => {
    const count = slots();
    if (count < 1) {
      if (started) await worker.pause(true);
      return;
    }
    const more = count > worker.concurrency;
    worker.concurrency = count;
    if (!started) {
      started = true;
      worker.run().catch((error: unknown) => log.error({ err: error }, 'the queue takes no more'));
    } else if (worker.isPaused() || more) {
      // One that waits for a running job to end does not see that it may take more: a pause wakes it.
      await worker.pause(true);
      await worker.resume();
    }
  };
  const look = () => follow(deps.look().then(adjust));
  const looking = setInterval(look, lookEveryMs).unref();
  look();

  /** Resolves some time after all has ended, whether Redis could be told or not. */
  const enough = async (signal: AbortSignal) => {
    do {
      await Promise.all(underWay);
      await sleep(farewellMs, undefined, { signal });
    } while (underWay.size > 0);
  };

  const stop = async () => {
    clearInterval(looking);
    const closed = new AbortController();
    const closing = worker.close().finally(() => closed.abort());
    await Promise.race([closing, enough(closed.signal).catch(() => closing)]);
    await Promise.all(underWay);
    await worker.stopRenewing();
    connection.disconnect();
  };

  let stopped: Promise<void> | null = null;
  return () => {
    stopped ??= stop();
    return stopped;
  };
};
