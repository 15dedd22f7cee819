import { randomUUID } from 'node:crypto';
import { Queue as BullQueue } from 'bullmq';
import type { Logger } from 'pino';
import { atMostEvery } from '../../realtime/atMostEvery.ts';
import type { Bus } from '../../realtime/bus.ts';
import { keepListening } from '../../realtime/keepListening.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { asFailure } from '../../redis/errors.ts';
import { queueChanged } from '../topics.ts';
import { type JobPayload, startWork } from './consumer.bullmq.ts';
import { createTurns } from './fairness.redis.ts';
import { createHolds } from './holds.redis.ts';
import type { Job, Queue } from './queue.ts';

export interface BullmqQueueDeps {
  readonly redis: RedisConnection;
  readonly bus: Bus;
  readonly log: Logger;
  /** How many generations may run at once on all replicas together; null: as many as all their slots are. */
  readonly globalSlots: () => number | null;
}

const name = 'generations';
/** How often watchers here, and other replicas, are told of changes at most, in milliseconds. */
const tellEveryMs = 100;
const publishEveryMs = 250;
/** BullMQ writes down what happens, for its own tools. */
const keptEvents = 1000;

/**
 * The queue of several replicas, on BullMQ: any replica takes any job, and one whose worker died is given to another
 * within ten seconds with `takeover`. `turns.redis.ts` says how it is fair.
 */
export const createBullmqQueue = ({ redis, bus, log, globalSlots }: BullmqQueueDeps): Queue => {
  // All keys in one slot of a cluster.
  const prefix = `{${redis.prefix}queue}`;
  const keyOf = (part: string) => `${prefix}:${name}:${part}`;
  const turns = createTurns(redis, keyOf);
  const listeners = new Set<() => void>();
  const replica = randomUUID();
  const link = redis.connectQueue();
  const { client: connection } = link;
  // Whoever holds the connection for commands says that Redis is away.
  connection.on('error', (error: Error) => log.debug({ err: error }, "the queue's Redis is away"));
  // A Redis that came back may have lost the limit with its data.
  connection.on('close', () => {
    limit = undefined;
  });
  let opening: Promise<BullQueue<JobPayload>> | null = null;
  let limit: number | null | undefined;
  let stopWork: (() => Promise<void>) | null = null;

  const tell = atMostEvery(tellEveryMs, () => {
    for (const listener of [...listeners]) listener();
  });
  const publish = atMostEvery(publishEveryMs, () => {
    // Who misses it hears of the next one.
    bus.publish(queueChanged, 'all', { by: replica }).catch(() => {});
  });
  const changed = () => {
    tell();
    publish();
  };

  /** BullMQ asks a connection once who it is, and is of no use if that fails: then the next one who needs it asks anew. */
  const open = async () => {
    const queue = new BullQueue<JobPayload>(name, {
      connection,
      prefix,
      streams: { events: { maxLen: keptEvents } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', (error) => log.debug({ err: error }, 'the queue is away'));
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      opening = null;
      await queue.close().catch(() => {});
      throw error;
    }
  };
  const ask = <Reply>(question: (queue: BullQueue<JobPayload>) => Promise<Reply>) =>
    link.ask(async () => {
      opening ??= open();
      return question(await opening);
    });

  const add = async (job: Job): Promise<void> => {
    const { id, ownerId, takeover = false } = job;
    const round = await turns.take(job);
    if (round === null) return;
    // Without a priority it stands before all that have one: what was begun goes on first.
    const turn = takeover ? {} : { priority: round };
    await ask((queue) => queue.add(ownerId, { takeover }, { jobId: id, ...turn }));
    changed();
  };

  const ended = async (id: string): Promise<void> => {
    changed();
    const next = await turns.again(id);
    if (next) await add(next);
  };

  const holds = createHolds({ redis, keyOf, log, add });

  const keepLimit = async () => {
    const slots = globalSlots();
    if (slots === limit) return;
    await ask((queue) =>
      slots === null ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(Math.max(1, slots)),
    );
    limit = slots;
  };

  const look = async () => {
    await keepLimit().catch(noMatter(log, 'the number of slots could not be told; trying again'));
    await holds.requeueExpired().catch(noMatter(log, 'expired holds not requeued; trying again'));
  };

  const stopListening = keepListening(bus, queueChanged, 'all', {
    message: ({ by }) => by !== replica && tell(),
    missed: tell,
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
      if (!(await turns.giveBack(id))) return false;
      const removed = await ask((queue) => queue.remove(id));
      changed();
      return removed === 1;
    },
    position: (id) => turns.place(id),
    has: (id) => turns.holds(id),
    waitingCount: () => turns.waiting(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    work(run, slots) {
      const stop = startWork({ redis, log, name, prefix, begun: changed, ended, look }, run, slots);
      stopWork = stop;
      return stop;
    },
    async close() {
      tell.stop();
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

const noMatter = (log: Logger, message: string) => (error: unknown) =>
  log.debug({ err: asFailure(error) }, message);
