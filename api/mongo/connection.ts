import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { reportAvailability } from './availability.ts';
import { createMongoClient } from './client.ts';
import { type Collections, collectionsOf } from './collections.ts';
import { asFailure, mongoUnavailable, NewerMongoStore, reasonOf } from './errors.ts';
import { prepare, type Repair } from './prepare.ts';

/** How long an answer may take in all, in milliseconds. What the driver still does about it then goes on unseen. */
const answerMs = 10_000;
/** The shortest and the longest pause between two tries to prepare the database, in milliseconds. */
const [minPauseMs, maxPauseMs] = [500, 5000];

/**
 * Asks the database: waits about 4 s for a server that is away, and 10 s at most for all answers. Rejects with an
 * `SERVICE_UNAVAILABLE` where MongoDB is away, or is not yet prepared; what was asked may then have been done or not.
 */
export type Ask = <Reply>(question: (collections: Collections) => Promise<Reply>) => Promise<Reply>;

export interface MongoConnection {
  readonly ask: Ask;
  /** Resolves when the first try to prepare the database is over, for good or bad. Rejects with `NewerMongoStore`. */
  tried(): Promise<void>;
  /** Resolves when the database is prepared. Rejects with `NewerMongoStore`, or where it is closed before. */
  ready(): Promise<void>;
  /** Throws where MongoDB does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface MongoDeps {
  /** `mongodb://` or `mongodb+srv://`. */
  readonly url: string;
  readonly log: Logger;
  /** Run once the indexes are there, in this order. */
  readonly repairs: readonly Repair[];
  /** Instead of the URL's. */
  readonly databaseName?: string;
}

/**
 * Connects by and by, prepares the database (`prepare.ts`) as soon as it can, and connects again whenever it has to.
 *
 * @throws MongoUrlUnusable
 */
export const connectMongo = ({ url, repairs, log, databaseName }: MongoDeps): MongoConnection => {
  const { client, where, database: named } = createMongoClient(url);
  const database = client.db(databaseName ?? named);
  const collections = collectionsOf(database);
  const closing = new AbortController();
  const [tried, ready] = [settleable(), settleable()];
  let state: { readonly is: 'preparing' | 'ready' | 'refused'; readonly why?: unknown } = { is: 'preparing' };
  const availability = reportAvailability(client, where, log, () => state.is === 'ready');

  const tryPreparing = async () => {
    try {
      // By hand: after a first connection that failed, a call alone would not make the driver try again.
      await client.connect();
      closing.signal.throwIfAborted();
      await prepare(database, collections, repairs, log);
      state = { is: 'ready' };
      ready.resolve();
      availability.back();
    } catch (error) {
      if (closing.signal.aborted) return;
      const isRefused = error instanceof NewerMongoStore;
      state = { is: isRefused ? 'refused' : 'preparing', why: error };
      if (!isRefused) return availability.away(reasonOf(error));
      for (const one of [tried, ready]) one.reject(error);
    }
  };
  const keepPreparing = async () => {
    for (let tries = 0; ; tries += 1) {
      await tryPreparing();
      tried.resolve();
      if (state.is !== 'preparing' || closing.signal.aborted) return;
      await pause(tries, closing.signal);
    }
  };
  const preparing = keepPreparing();

  const ask: Ask = async (question) => {
    closing.signal.throwIfAborted();
    if (state.is === 'refused') throw state.why;
    if (state.is === 'preparing') throw mongoUnavailable(state.why);
    return within(answerMs, () => question(collections));
  };

  return {
    ask,
    tried: () => tried.promise,
    ready: () => ready.promise,
    check: () =>
      ask(async () => {
        await database.command({ ping: 1 });
      }),
    async close() {
      if (closing.signal.aborted) return;
      const reason = new Error('the store is closed');
      closing.abort(reason);
      for (const one of [tried, ready]) one.reject(reason);
      availability.end();
      await client.close();
      await preparing;
      // What was connecting meanwhile.
      await client.close();
    },
  };
};

/** A promise that is kept though nobody may wait for it. */
const settleable = () => {
  const one = Promise.withResolvers<void>();
  one.promise.catch(() => {});
  return one;
};

const pause = async (tries: number, signal: AbortSignal): Promise<void> => {
  const longest = Math.min(minPauseMs * 2 ** Math.min(tries, 10), maxPauseMs);
  // Replicas that lost it together must not come back in step.
  await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
};

const within = async <Reply>(limitMs: number, question: () => Promise<Reply>): Promise<Reply> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(mongoUnavailable()), limitMs);
  try {
    return await Promise.race([question(), late.promise]);
  } catch (error) {
    throw asFailure(error);
  } finally {
    clearTimeout(timer);
  }
};
