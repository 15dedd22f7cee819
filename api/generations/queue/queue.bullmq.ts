import { randomUUID } from 'node:crypto';
import { Queue as BullQueue } from 'bullmq';
import type { Logger } from 'pino';
import type { Bus } from '../../realtime/bus.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import { subscribeWithRetry } from '../../realtime/subscribeWithRetry.ts';
import { throttle } from '../../realtime/throttle.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { asFailure } from '../../redis/errors.ts';
import { queueChanged } from '../topics.ts';
import { type JobPayload, startWork } from './consumer.bullmq.ts';
import { createExtraShare } from './extraSlots.redis.ts';
import { createFairOrder } from './fairness.redis.ts';
import { createHolds } from './holds.redis.ts';
import type { Job, Queue } from './queue.ts';
import { telemetry } from './telemetry.bullmq.ts';

export interface BullmqQueueDeps {
  readonly redis: RedisConnection;
  readonly bus: Bus;
  readonly log: Logger;
  /** The maximum number of generations that run at once on all replicas together; null: the sum of their slots. */
  readonly globalSlots: () => number | null;
}

const name = 'generations';
/** The minimum intervals between two notifications of changes, to local listeners and to other replicas, in ms. */
const notifyIntervalMs = 100;
const publishIntervalMs = 250;
/** The maximum length of BullMQ's event stream, which only its own tools read. */
const maxEvents = 1000;

/**
 * Creates the queue of several replicas, on BullMQ. Any replica takes any job. A dead worker's job is given to another one
 * within ten seconds, with `takeover`. `fairness.redis.ts` makes it fair between users.
 */
export const createBullmqQueue = ({ redis, bus, log, globalSlots }: BullmqQueueDeps): Queue => {
  // The braces keep all keys in one slot of a cluster.
  const prefix = `{${redis.prefix}queue}`;
  const keyOf = (part: string) => `${prefix}:${name}:${part}`;
  const order = createFairOrder(redis, keyOf);
  const listeners = new Set<() => void>();
  const replica = randomUUID();
  const shareExtra = createExtraShare(redis, keyOf, replica);
  const link = redis.connectQueue();
  const { client: connection } = link;
  // Logged at debug level: the connection for commands logs that Redis is down.
  connection.on('error', (error: Error) => log.debug({ err: error }, 'queue: Redis connection failed'));
  // A restarted Redis may have lost the limit with its data.
  connection.on('close', () => {
    limit = undefined;
  });
  let opening: Promise<BullQueue<JobPayload>> | null = null;
  let limit: number | null | undefined;
  let stopWork: (() => Promise<void>) | null = null;

  const notifyListeners = throttle(notifyIntervalMs, () => {
    for (const listener of [...listeners]) listener();
  });
  const publish = throttle(publishIntervalMs, () => {
    // A replica that misses this message gets the next one.
    bus.publish(queueChanged, 'all', { by: replica }).catch(() => {});
  });
  const changed = () => {
    notifyListeners();
    publish();
  };

  /** BullMQ reads the server's version once and is unusable if that fails. Then the next call opens a new one. */
  const open = async () => {
    const queue = new BullQueue<JobPayload>(name, {
      connection,
      prefix,
      ...telemetry(),
      streams: { events: { maxLen: maxEvents } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', (error) => log.debug({ err: error }, 'queue: BullMQ failed'));
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      opening = null;
      await queue.close().catch(() => {});
      throw error;
    }
  };
  const ask = <Reply>(command: (queue: BullQueue<JobPayload>) => Promise<Reply>) =>
    link.ask(async () => {
      opening ??= open();
      return command(await opening);
    });

  const add = async (job: Job): Promise<void> => {
    const { id, ownerId, takeover = false, isBackground = false } = job;
    const round = await order.assignRound(job);
    if (round === null) return;
    // Jobs without a priority come first: a generation that has begun continues before others begin. One that no person waits
    // for keeps its place behind all people.
    const priority = takeover && !isBackground ? {} : { priority: round };
    await ask((queue) => queue.add(ownerId, { takeover, isBackground }, { jobId: id, ...priority }));
    changed();
  };

  const onEnded = async (id: string, signal: AbortSignal): Promise<void> => {
    changed();
    // A job that was added again while it ran would have to wait for recovery otherwise.
    const readded = await retryWhileUnavailable(() => order.takeReadded(id), signal);
    if (readded) await retryWhileUnavailable(() => add(readded), signal);
  };

  const holds = createHolds({ redis, keyOf, log, add });

  /** `extra` is null if no replica has extra slots. */
  const updateLimit = async (extra: number | null) => {
    const all = globalSlots();
    const slots = all === null || extra === null ? all : all + (await shareExtra(extra));
    if (slots === limit) return;
    await ask((queue) =>
      slots === null ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(Math.max(1, slots)),
    );
    limit = slots;
  };

  const maintain = async (extra: number | null) => {
    await updateLimit(extra).catch(logAndIgnore(log, 'queue: global limit not updated, retrying'));
    await holds.requeueExpired().catch(logAndIgnore(log, 'queue: expired holds not requeued, retrying'));
  };

  const stopListening = subscribeWithRetry(bus, queueChanged, 'all', {
    message: ({ by }) => by !== replica && notifyListeners(),
    missed: notifyListeners,
  });

  return {
    outlivesProcess: true,
    async check() {
      link.check();
      await redis.check();
    },
    add,
    async hold(job, leaderId) {
      const hold = await holds.hold(job, leaderId);
      if (hold) changed();
      return hold;
    },
    async remove(id) {
      if (await holds.drop(id)) {
        changed();
        return true;
      }
      if (!(await order.closeGap(id))) return false;
      const removed = await ask((queue) => queue.remove(id));
      changed();
      return removed === 1;
    },
    position: (id) => order.position(id),
    has: (id) => order.has(id),
    waitingCount: () => order.waitingCount(),
    waitingPeopleCount: () => order.waitingPeopleCount(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    work(run, slots, extraSlots) {
      // More are noticed within a second, fewer at once.
      const count = () => extraSlots?.count() ?? 0;
      const deps = {
        redis,
        log,
        name,
        prefix,
        onBegun: changed,
        onEnded,
        maintain: () => maintain(extraSlots ? count() : null),
        ...(extraSlots && { onChange: extraSlots.onChange }),
      };
      const stop = startWork(deps, run, () => (slots() < 1 ? 0 : slots() + count()));
      stopWork = stop;
      return stop;
    },
    async close() {
      notifyListeners.stop();
      publish.stop();
      listeners.clear();
      holds.close();
      await stopWork?.();
      await stopListening();
      const queue = await opening?.catch(() => null);
      await queue?.close();
      connection.disconnect();
    },
  };
};

const logAndIgnore = (log: Logger, message: string) => (error: unknown) =>
  log.debug({ err: asFailure(error) }, message);
