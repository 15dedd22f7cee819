import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ChainLink } from './chain.ts';
import type { AuditRecorder } from './recorder.ts';
import type { AuditStore } from './store/store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** The interval between two runs, in milliseconds. */
const intervalMs = 60 * 60 * 1000;
/** The batch size, and the pause between batches in milliseconds, so that other writes aren't delayed. */
const [batchEntries, pauseMs] = [500, 20];

export interface RetentionDeps {
  readonly store: Pick<AuditStore, 'drop' | 'anchor' | 'chainAfter' | 'page'>;
  readonly recorder: Pick<AuditRecorder, 'record'>;
  /** `AUDIT_DAYS`. */
  readonly days: number;
  /** Acquires the lease, so that one replica runs at a time. */
  readonly acquireLease: () => Promise<boolean>;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * Drops entries that are older than `days`. First records the drop: that entry confirms the anchor, so nothing is dropped
 * before it is stored. Returns the number of dropped entries.
 */
export const dropExpiredEntries = async (
  { store, recorder, days, clock }: Omit<RetentionDeps, 'acquireLease' | 'log'>,
  signal: AbortSignal,
): Promise<number> => {
  const before = new Date(clock().getTime() - days * dayMs);
  const old = await findOld(store, before, signal);
  if (old === null || signal.aborted) return 0;
  const details = { before: before.toISOString(), lastSeq: old.last.seq, lastHash: old.last.hash };
  await recorder.record({ action: 'ENTRIES_DROPPED', details, count: old.count });
  if (!(await isAnnounced(store, old.last))) return 0;
  let count = 0;
  while (!signal.aborted) {
    const dropped = await store.drop(before, batchEntries);
    if (dropped === 0) break;
    count += dropped;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  return count;
};

/** Finds the oldest entries, up to the first one that isn't older than `before`; null if there are none. */
const findOld = async (
  store: Pick<AuditStore, 'anchor' | 'chainAfter'>,
  before: Date,
  signal: AbortSignal,
): Promise<{ readonly last: ChainLink; readonly count: number } | null> => {
  let last: ChainLink = await store.anchor();
  let count = 0;
  while (!signal.aborted) {
    const batch = await store.chainAfter(last.seq, batchEntries);
    const kept = batch.findIndex(({ at }) => at >= before);
    const old = kept === -1 ? batch : batch.slice(0, kept);
    const newest = old.at(-1);
    if (newest) last = { seq: newest.seq, hash: newest.hash };
    count += old.length;
    if (kept !== -1 || batch.length === 0) break;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  return count === 0 ? null : { last, count };
};

/** Whether the entry that announces the drop is stored. While the store is unavailable, it is only buffered. */
const isAnnounced = async (store: Pick<AuditStore, 'page'>, { seq, hash }: ChainLink): Promise<boolean> => {
  const filter = {
    actions: ['ENTRIES_DROPPED'],
    username: null,
    refusedOnly: false,
    target: null,
    from: null,
    to: null,
  } as const;
  const newest = { direction: 'forward', size: 10, after: null, before: null } as const;
  const { items } = await store.page(filter, newest);
  return items.some(({ details }) => details.lastSeq === seq && details.lastHash === hash);
};

/** Drops expired entries once an hour. Returns a function that stops, and resolves when no run is in progress. */
export const startRetention = (deps: RetentionDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const run = async () => {
    while (!signal.aborted) {
      try {
        const entries = (await deps.acquireLease()) ? await dropExpiredEntries(deps, signal) : 0;
        if (entries > 0) deps.log.info({ entries }, 'audit: old entries dropped');
      } catch (error) {
        deps.log.warn({ err: error }, 'audit: old entries not dropped, retrying');
      }
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};
