import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ChainLink } from './chain.ts';
import type { AuditRecorder } from './recorder.ts';
import type { AuditStore } from './store/store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How often old entries are looked for, in milliseconds. */
const everyMs = 60 * 60 * 1000;
/** Entries that go at once, and pauses between, in milliseconds, so that nobody waits for it. */
const [batchEntries, pauseMs] = [500, 20];

export interface RetentionDeps {
  readonly store: Pick<AuditStore, 'drop' | 'anchor' | 'chainAfter' | 'page'>;
  readonly audit: Pick<AuditRecorder, 'record'>;
  /** `AUDIT_DAYS`. */
  readonly days: number;
  /** Whether it is this replica's to do now. */
  readonly isOurs: () => Promise<boolean>;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * Writes down what is dropped, then drops what is older than `days`: the entry is what confirms the anchor, so nothing
 * goes before it is stored. Returns how many entries went.
 */
export const dropExpiredEntries = async (
  { store, audit, days, clock }: Omit<RetentionDeps, 'isOurs' | 'log'>,
  signal: AbortSignal,
): Promise<number> => {
  const before = new Date(clock().getTime() - days * dayMs);
  const old = await findOld(store, before, signal);
  if (old === null || signal.aborted) return 0;
  const details = { before: before.toISOString(), lastSeq: old.last.seq, lastHash: old.last.hash };
  await audit.record({ action: 'ENTRIES_DROPPED', details, count: old.count });
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

/** The entries before the first that isn't older than `before`; null where there is none. */
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

/** Whether the entry that announces the drop is stored: while its store is unavailable it is only kept to be. */
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

/** Does so once an hour. The result stops that, and resolves when nothing is under way. */
export const startRetention = (deps: RetentionDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const keep = async () => {
    while (!signal.aborted) {
      try {
        const entries = (await deps.isOurs()) ? await dropExpiredEntries(deps, signal) : 0;
        if (entries > 0) deps.log.info({ entries }, 'old entries of the audit log were dropped');
      } catch (error) {
        deps.log.warn({ err: error }, 'old entries of the audit log could not be dropped; trying again');
      }
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const kept = keep();
  return () => {
    stopped.abort();
    return kept;
  };
};
