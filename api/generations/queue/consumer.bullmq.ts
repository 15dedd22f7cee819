import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullJob, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { isUnavailable } from '../../errors/failures.ts';
import { throttle } from '../../realtime/throttle.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { asFailure } from '../../redis/errors.ts';
import type { IsHeld, Job } from './queue.ts';
import { telemetry } from './telemetry.bullmq.ts';

/** The data of a BullMQ job. Its id is the generation's, its name the owner's. */
export interface JobPayload {
  readonly takeover: boolean;
  /** Absent in jobs of earlier releases. */
  readonly isBackground?: boolean;
}

/**
 * The times until a dead worker's jobs are taken over, in ms. Its lock expires after `lockDuration`. Workers check every
 * `stalledInterval`, in effect every second time, as one worker's check counts for all. A job that is active in one check
 * and has no lock in a later one is taken over. So a takeover happens within seven seconds.
 */
const lockDuration = 5000;
const lockRenewTime = 1500;
const stalledInterval = 1000;
/** The maximum number of takeovers by BullMQ. */
const maxStalledCount = 5;
/** The timeout of a blocking wait for a job in Redis, in seconds. */
const drainDelay = 2;
/** The pause before a retry while Redis is down, in ms. */
const runRetryDelay = 500;
/** The interval between two checks of the number of slots, in ms. */
const checkIntervalMs = 1000;
/** The minimum interval between two checks because there are fewer slots, in ms. */
const checkSoonMs = 100;
/** The time that a stopped worker has to report the end of its jobs to Redis, in ms. */
const reportTimeoutMs = 3000;

export interface WorkDeps {
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly name: string;
  readonly prefix: string;
  /** Called when a job has begun. */
  readonly onBegun: () => void;
  /** Called when a job was removed from Redis. The signal aborts when the worker stops. */
  readonly onEnded: (id: string, signal: AbortSignal) => Promise<void>;
  /** Called before jobs are taken, about once a second afterwards, and soon after there are fewer slots. */
  readonly maintain: () => Promise<void>;
  /** Calls back when the number of slots may have changed. Call the result to stop. Absent: it is noticed within a second. */
  readonly onChange?: (listener: () => void) => () => void;
}

/** A worker that can stop while Redis is down. `close()` waits for Redis before it stops renewing locks. */
class QueueWorker extends Worker<JobPayload> {
  stopRenewing(): Promise<void> {
    return this.lockManager.close();
  }
}

/** Takes jobs, `slots()` at a time. The result stops that, and resolves when running jobs have ended; idempotent. */
export const startWork = (
  deps: WorkDeps,
  run: (job: Job, isHeld: IsHeld) => Promise<void>,
  slots: () => number,
): (() => Promise<void>) => {
  const { log } = deps;
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  const track = (step: Promise<void>) => {
    const settled = step
      .catch((error: unknown) => {
        // The connection for commands logs that Redis is down, and recovery adds the jobs that are missing.
        const isExpected = isUnavailable(error) || stopping.signal.aborted;
        log[isExpected ? 'debug' : 'error']({ err: error }, 'queue: worker step failed');
      })
      .finally(() => inFlight.delete(settled));
    inFlight.add(settled);
    return settled;
  };

  const process = async (bullJob: BullJob<JobPayload>, token = '') => {
    const { id = '', name: ownerId, data, stalledCounter } = bullJob;
    deps.onBegun();
    const job: Job = {
      id,
      ownerId,
      takeover: data.takeover || stalledCounter > 0,
      ...(data.isBackground && { isBackground: true }),
    };
    const isHeld = async () => {
      try {
        return (await bullJob.extendLock(token, lockDuration)) === 1;
      } catch (error) {
        throw asFailure(error);
      }
    };
    await track(run(job, isHeld));
  };

  const connection = deps.redis.connectWorker();
  connection.on('error', (error: Error) =>
    log.debug({ err: error }, 'queue: Redis connection of the worker failed'),
  );
  const worker = new QueueWorker(deps.name, process, {
    connection,
    ...telemetry(),
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
  // While Redis is down every try fails, and the connection has logged that.
  worker.on('error', (error) =>
    log[connection.status === 'ready' ? 'warn' : 'debug']({ err: error }, 'queue: worker failed, retrying'),
  );
  worker.on('completed', ({ id = '' }) => track(deps.onEnded(id, stopping.signal)));
  worker.on('failed', (job, error) => {
    log.error({ generation: job?.id, err: error }, 'queue: job failed, dropped');
    if (job?.id) track(deps.onEnded(job.id, stopping.signal));
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
      worker
        .run()
        .catch((error: unknown) => log.error({ err: error }, 'queue: worker stopped, no jobs are taken'));
    } else if (worker.isPaused() || more) {
      // A worker that waits for a running job to end doesn't notice new slots. Pausing wakes it.
      await worker.pause(true);
      await worker.resume();
    }
  };
  const check = () => track(deps.maintain().then(adjust));
  const checking = setInterval(check, checkIntervalMs).unref();
  check();
  const checkSoon = throttle(checkSoonMs, check);
  const stopListening = deps.onChange?.(() => {
    const count = slots();
    if (count < 1 || count >= worker.concurrency) return;
    // At once: the worker must not take a job in place of one that needs its slot again.
    worker.concurrency = count;
    checkSoon();
  });

  /** Resolves some time after all jobs have ended, even if Redis is down. */
  const reportTimeout = async (signal: AbortSignal) => {
    do {
      await Promise.all(inFlight);
      await sleep(reportTimeoutMs, undefined, { signal });
    } while (inFlight.size > 0);
  };

  const stop = async () => {
    clearInterval(checking);
    stopListening?.();
    checkSoon.stop();
    stopping.abort();
    // Other replicas need the count of its extra slots until its jobs have ended.
    const maintaining = setInterval(() => void deps.maintain(), checkIntervalMs).unref();
    const closed = new AbortController();
    const closing = worker.close().finally(() => closed.abort());
    await Promise.race([closing, reportTimeout(closed.signal).catch(() => closing)]);
    await Promise.all(inFlight);
    clearInterval(maintaining);
    await worker.stopRenewing();
    connection.disconnect();
  };

  let stopped: Promise<void> | null = null;
  return () => {
    stopped ??= stop();
    return stopped;
  };
};
