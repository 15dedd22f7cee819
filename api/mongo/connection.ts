import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { tracing } from '../process/tracing.ts';
import { logAvailability } from './availability.ts';
import { createMongoClient } from './client.ts';
import { type Collections, collectionsOf } from './collections.ts';
import { asFailure, mongoUnavailable, NewerMongoStore, reasonOf } from './errors.ts';
import { watchHeartbeats } from './heartbeats.ts';
import { prepare, type Repair } from './prepare.ts';
import { traceMongoCommands } from './spans.ts';

/**
 * Maximum time of a call, in milliseconds. The driver may still complete the call afterwards; its result is ignored.
 */
const maxCallMs = 10_000;
/** The minimum and maximum backoff between two attempts to prepare the database, in milliseconds. */
const [minBackoffMs, maxBackoffMs] = [500, 5000];

/**
 * Runs `operation` on the collections. Waits about 4 s for an unavailable server, and 10 s in total. Rejects with
 * `SERVICE_UNAVAILABLE` if MongoDB is unavailable or not prepared yet; a write may have been done nevertheless.
 */
export type RunMongo = <Reply>(
  operation: (collections: Collections, database: Db) => Promise<Reply>,
) => Promise<Reply>;

export interface MongoConnection {
  readonly run: RunMongo;
  /**
   * Resolves when the first attempt to prepare the database has succeeded or failed. Rejects with `NewerMongoStore`.
   */
  firstAttempt(): Promise<void>;
  /** Resolves when the database is prepared. Rejects with `NewerMongoStore`, or if the connection is closed before. */
  ready(): Promise<void>;
  /** Throws if MongoDB doesn't respond. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface MongoDeps {
  /** `mongodb://` or `mongodb+srv://`. */
  readonly url: string;
  readonly log: Logger;
  /** Run in this order, after the indexes are created. */
  readonly repairs: readonly Repair[];
  /** Overrides the database of the URL. */
  readonly databaseName?: string;
}

/**
 * Connects in the background, prepares the database (`prepare.ts`), and reconnects when the connection is lost.
 *
 * @throws MongoUrlUnusable
 */
export const connectMongo = ({ url, repairs, log, databaseName }: MongoDeps): MongoConnection => {
  const closing = new AbortController();
  const [firstAttempt, ready] = [settleable(), settleable()];
  let state: { readonly is: 'preparing' | 'ready' | 'rejected'; readonly why?: unknown } = {
    is: 'preparing',
  };
  const availability = logAvailability(log, () => state.is === 'ready');

  const open = () => {
    const { client, where, database: named } = createMongoClient(url);
    const database = client.db(databaseName ?? named);
    if (tracing.isOn) traceMongoCommands(client, database.databaseName);
    const stopLogging = availability.watch(client, where);
    const stopWatching = watchHeartbeats(client, (address) => void reopen(address));
    return {
      client,
      database,
      collections: collectionsOf(database),
      async close() {
        stopLogging();
        stopWatching();
        await client.close();
      },
    };
  };
  let current = open();

  /** Replaces a client whose driver doesn't check its server any more. Calls under way fail as in an outage. */
  const reopen = async (address: string) => {
    if (closing.signal.aborted) return;
    const stuck = current;
    current = open();
    log.warn(`mongo: the driver has stopped checking ${address}, so its connections are replaced`);
    const { client } = current;
    // Explicit, because after a failed first connection the driver doesn't reconnect on a call.
    for (let attempts = 0; client === current.client && !closing.signal.aborted; attempts += 1) {
      try {
        await client.connect();
        break;
      } catch (error) {
        availability.reportDown(reasonOf(error));
        await backOff(attempts, closing.signal);
      }
    }
    await stuck.close().catch((error: unknown) => log.warn({ err: error }, 'mongo: stuck client not closed'));
  };

  const tryToPrepare = async () => {
    try {
      // Explicit, because after a failed first connection the driver doesn't reconnect on a call.
      const { client, database, collections } = current;
      await client.connect();
      closing.signal.throwIfAborted();
      await prepare(database, collections, repairs, log);
      state = { is: 'ready' };
      ready.resolve();
      availability.reportUp();
    } catch (error) {
      if (closing.signal.aborted) return;
      const isRejected = error instanceof NewerMongoStore;
      state = { is: isRejected ? 'rejected' : 'preparing', why: error };
      if (!isRejected) return availability.reportDown(reasonOf(error));
      for (const one of [firstAttempt, ready]) one.reject(error);
    }
  };
  const prepareUntilDone = async () => {
    for (let attempts = 0; ; attempts += 1) {
      await tryToPrepare();
      firstAttempt.resolve();
      if (state.is !== 'preparing' || closing.signal.aborted) return;
      await backOff(attempts, closing.signal);
    }
  };
  const preparing = prepareUntilDone();

  const run: RunMongo = async (operation) => {
    closing.signal.throwIfAborted();
    if (state.is === 'rejected') throw state.why;
    if (state.is === 'preparing') throw mongoUnavailable(state.why);
    return withDeadline(maxCallMs, () => operation(current.collections, current.database));
  };

  return {
    run,
    firstAttempt: () => firstAttempt.promise,
    ready: () => ready.promise,
    check: () =>
      run(async () => {
        await current.database.command({ ping: 1 });
      }),
    async close() {
      if (closing.signal.aborted) return;
      const reason = new Error('the store is closed');
      closing.abort(reason);
      for (const one of [firstAttempt, ready]) one.reject(reason);
      await current.close();
      await preparing;
      // An attempt to prepare may have reconnected in between.
      await current.client.close();
    },
  };
};

/** Creates a promise whose rejection may stay unhandled. */
const settleable = () => {
  const one = Promise.withResolvers<void>();
  one.promise.catch(() => {});
  return one;
};

const backOff = async (attempts: number, signal: AbortSignal): Promise<void> => {
  const backoffMs = Math.min(minBackoffMs * 2 ** Math.min(attempts, 10), maxBackoffMs);
  // Jitter, so that replicas that lost the connection together don't reconnect at the same time.
  await sleep(backoffMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
};

const withDeadline = async <Reply>(limitMs: number, operation: () => Promise<Reply>): Promise<Reply> => {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(mongoUnavailable()), limitMs);
  try {
    return await Promise.race([operation(), timeout.promise]);
  } catch (error) {
    throw asFailure(error);
  } finally {
    clearTimeout(timer);
  }
};
