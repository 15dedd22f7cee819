import type { RedisConnection } from '../../redis/connection.ts';
import type { JournalDelta, JournalListener } from './journal.ts';

/**
 * The maximum length of a published delta, in UTF-16 code units. Readers read a longer one from the entry, because Redis
 * limits its pub/sub buffers.
 */
export const maxDeltaLength = 64 * 1024;

/**
 * Notices of generations, as JSON, which escapes lone surrogates: `["id"]` of a change, `["id",attempt]` of an end, and
 * `["id",attempt,offset,delta,thinkingOffset,thinkingDelta]` of text. A message is an array of them.
 */
export const changedNotice = (id: string): string => JSON.stringify([id]);

export const endedNotice = (id: string, attempt: number): string => JSON.stringify([id, attempt]);

export const deltaNotice = (id: string, delta: JournalDelta): string =>
  delta.delta.length + delta.thinkingDelta.length > maxDeltaLength
    ? changedNotice(id)
    : JSON.stringify([
        id,
        delta.attempt,
        delta.offset,
        delta.delta,
        delta.thinkingOffset,
        delta.thinkingDelta,
      ]);

export interface Notices {
  /** Subscribes, as `Journal.listen` does. */
  listen(id: string, listener: JournalListener): Promise<() => Promise<void>>;
  listenerCount(): number;
}

/**
 * Receives the notices of all generations on one channel, and passes on those that this replica listens to. A channel for
 * each generation would cost a message for each flush, and two commands for each reader.
 */
export const createNotices = ({ pubSub }: RedisConnection, channel: string): Notices => {
  /** A listener that listens twice is two subscriptions. */
  const listeners = new Map<string, Set<{ readonly listener: JournalListener }>>();
  let listenerCount = 0;
  let subscribers = 0;
  let subscription: Promise<() => Promise<void>> | null = null;

  const receive = (notice: unknown) => {
    if (!Array.isArray(notice)) throw new TypeError('journal: unexpected notice');
    const [id, attempt, offset, delta, thinkingOffset, thinkingDelta]: readonly unknown[] = notice;
    const own = typeof id === 'string' ? listeners.get(id) : undefined;
    if (!own) return;
    const isText = typeof delta === 'string' && typeof thinkingDelta === 'string';
    const isNumbered =
      typeof attempt === 'number' && typeof offset === 'number' && typeof thinkingOffset === 'number';
    // One object for all listeners: by it, readers recognize an event that they have in common.
    const text = isText && isNumbered ? { attempt, offset, delta, thinkingOffset, thinkingDelta } : null;
    // A listener may stop others while it is notified.
    for (const one of [...own]) {
      if (!own.has(one)) continue;
      const { listener } = one;
      if (notice.length === 1) listener.changed();
      else if (notice.length === 2 && typeof attempt === 'number') listener.ended(attempt);
      else if (text) listener.delta(text);
      else throw new TypeError('journal: unexpected notice');
    }
  };

  const missed = () => {
    for (const own of [...listeners.values()]) for (const { listener } of [...own]) listener.changed();
  };

  const subscribe = () =>
    pubSub.subscribe(channel, {
      message(payload) {
        if (!Array.isArray(payload)) throw new TypeError('journal: unexpected message');
        for (const notice of payload) receive(notice);
      },
      missed,
    });

  /** Ends the subscription once its last subscriber has left. */
  const leave = async () => {
    subscribers -= 1;
    if (subscribers > 0 || subscription === null) return;
    const ended = subscription;
    subscription = null;
    const unsubscribe = await ended.catch(() => null);
    await unsubscribe?.();
  };

  /** Joins the subscription, or begins it. One that failed is begun again by the next subscriber. */
  const join = async () => {
    subscribers += 1;
    const joined = subscription ?? subscribe();
    subscription = joined;
    try {
      await joined;
      // The subscription of others may be waiting for Redis to be up again.
      await pubSub.waitUntilReady();
    } catch (error) {
      if (subscription === joined) subscription = (await isConfirmed(joined)) ? joined : null;
      await leave();
      throw error;
    }
  };

  return {
    async listen(id, listener) {
      const own = listeners.get(id) ?? new Set();
      const one = { listener };
      listeners.set(id, own.add(one));
      listenerCount += 1;
      const forget = () => {
        if (!own.delete(one)) return false;
        listenerCount -= 1;
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
        return true;
      };
      try {
        await join();
      } catch (error) {
        forget();
        throw error;
      }
      return async () => {
        if (forget()) await leave();
      };
    },
    listenerCount: () => listenerCount,
  };
};

const isConfirmed = (subscription: Promise<unknown>): Promise<boolean> =>
  subscription.then(
    () => true,
    () => false,
  );
