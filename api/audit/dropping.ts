import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Audit } from './recorder.ts';
import type { AuditStore } from './store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** How often old entries are looked for, in milliseconds. */
const everyMs = 60 * 60 * 1000;
/** Entries that go at once, and pauses between, in milliseconds, so that nobody waits for it. */
const [batchEntries, pauseMs] = [500, 20];

export interface DroppingDeps {
  readonly store: Pick<AuditStore, 'drop' | 'anchor'>;
  readonly audit: Pick<Audit, 'record'>;
  /** `AUDIT_DAYS`. */
  readonly days: number;
  /** Whether it is this replica's to do now. */
  readonly isOurs: () => Promise<boolean>;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** Drops what is older than `days`, and writes down that it did. Returns how many entries went. */
export const dropOld = async (
  { store, audit, days, clock }: Omit<DroppingDeps, 'isOurs' | 'log'>,
  signal: AbortSignal,
): Promise<number> => {
  const before = new Date(clock().getTime() - days * dayMs);
  let count = 0;
  while (!signal.aborted) {
    const dropped = await store.drop(before, batchEntries);
    if (dropped === 0) break;
    count += dropped;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  if (count === 0) return 0;
  const { seq, hash } = await store.anchor();
  const details = { before: before.toISOString(), lastSeq: seq, lastHash: hash };
  await audit.record({ action: 'ENTRIES_DROPPED', details, count });
  return count;
};

/** Does so once an hour. The result stops that, and resolves when nothing is under way. */
export const keepDropping = (deps: DroppingDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const keep = async () => {
    while (!signal.aborted) {
      try {
        const entries = (await deps.isOurs()) ? await dropOld(deps, signal) : 0;
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
