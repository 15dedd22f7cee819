import { z } from 'zod';
import type { RedisConnection } from '../../redis/connection.ts';
import type { EarlierReplicas } from './earlierReplicas.ts';
import type { Journal, JournalDelta, JournalListener } from './journal.ts';
import { maxDeltaLength } from './notices.redis.ts';

/** The messages of those releases, on the channel of a generation. */
const message = z.union([
  z.literal('changed'),
  z.tuple([z.literal('ended'), z.number()]),
  z.tuple([z.number(), z.number(), z.string(), z.number(), z.string()]),
]);

type Message = z.infer<typeof message>;

const messageOf = ({ attempt, offset, delta, thinkingOffset, thinkingDelta }: JournalDelta): Message =>
  delta.length + thinkingDelta.length > maxDeltaLength
    ? 'changed'
    : [attempt, offset, delta, thinkingOffset, thinkingDelta];

/**
 * Lets a journal and those of earlier releases notify each other: while such replicas are live, notices are also published
 * in their form, and theirs are received. Without it, a reader at one release would get the text of an answer at the other
 * only when it reads the entry again, after half a minute.
 */
export const withEarlierReplicas = (
  journal: Journal,
  { pubSub }: RedisConnection,
  earlier: EarlierReplicas,
  channelOf: (id: string) => string,
): Journal => {
  // A lost message costs what it cost before: the reader reads again later.
  const publish = (id: string, payload: Message) => {
    if (earlier.areLive()) pubSub.publish(channelOf(id), payload).catch(() => {});
  };

  const listen: Journal['listen'] = async (id, listener) => {
    /** The newest attempt that runs at a replica of this release: its notices on the other channel are repetitions. */
    let ownAttempt = -1;
    const own = (attempt: number) => {
      ownAttempt = Math.max(ownAttempt, attempt);
    };
    const ofThisRelease: JournalListener = {
      delta(delta) {
        own(delta.attempt);
        listener.delta(delta);
      },
      changed: () => listener.changed(),
      ended(attempt) {
        own(attempt);
        listener.ended(attempt);
      },
    };
    const receive = (payload: unknown) => {
      const parsed = message.parse(payload);
      if (parsed === 'changed') listener.changed();
      else if (parsed[0] === 'ended') {
        // Also of an attempt of this release, whose worker may have died before it said so. Twice causes a read only.
        listener.ended(parsed[1]);
      } else if (parsed[0] > ownAttempt) {
        const [attempt, offset, delta, thinkingOffset, thinkingDelta] = parsed;
        listener.delta({ attempt, offset, delta, thinkingOffset, thinkingDelta });
      }
    };

    let isStopped = false;
    let other: Promise<(() => Promise<void>) | null> | null = null;
    const leave = async () => {
      const left = other;
      other = null;
      await (await left)?.();
    };
    const join = async () => {
      if (other || isStopped || !earlier.areLive()) return;
      const joined = pubSub
        .subscribe(channelOf(id), { message: receive, missed: () => listener.changed() })
        .catch(() => null);
      other = joined;
      if ((await joined) === null && other === joined) other = null;
    };
    const stopWatching = earlier.onChange(() => {
      if (earlier.areLive()) {
        // Text may have been published before the subscription.
        void join().then(() => isStopped || listener.changed());
      } else void leave();
    });
    try {
      await join();
      const stop = await journal.listen(id, ofThisRelease);
      return async () => {
        isStopped = true;
        stopWatching();
        await Promise.all([stop(), leave()]);
      };
    } catch (error) {
      isStopped = true;
      stopWatching();
      await leave();
      throw error;
    }
  };

  return {
    ...journal,
    async begin(id, entry) {
      const blocked = await journal.begin(id, entry);
      if (blocked === null) publish(id, 'changed');
      return blocked;
    },
    async setStatus(id, attempt, status) {
      await journal.setStatus(id, attempt, status);
      publish(id, 'changed');
    },
    async append(id, delta) {
      const outcome = await journal.append(id, delta);
      if (outcome === 'appended') publish(id, messageOf(delta));
      return outcome;
    },
    async restore(id, entry) {
      const blocked = await journal.restore(id, entry);
      if (blocked === null) publish(id, 'changed');
      return blocked;
    },
    listen,
    async end(id, attempt) {
      await journal.end(id, attempt);
      publish(id, ['ended', attempt]);
    },
  };
};
