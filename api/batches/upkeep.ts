import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { type Batch, keptMs, maxPreparingMs } from './batch.ts';
import { type CancelGenerationsDeps, cancelGenerations } from './cancelGenerations.ts';
import { fileKeptMs, maxUploadMs } from './files/file.ts';
import type { BatchFileStore } from './files/store/store.ts';
import type { BatchMetrics } from './metrics.ts';
import type { BatchStore } from './store/store.ts';
import { batchChanged } from './topics.ts';

export interface BatchUpkeepDeps extends CancelGenerationsDeps {
  readonly store: BatchStore;
  readonly files: BatchFileStore;
  readonly metrics: Pick<BatchMetrics, 'batchEnded'>;
  /** Whether a legal hold keeps the data of a user. */
  readonly isHeld: (ownerId: string) => Promise<boolean>;
  /** Returns whether this process may do it now, for all processes. */
  readonly acquireLease: () => Promise<boolean>;
  /** Called when a batch has ended by itself. */
  readonly onEnded: (batch: Batch) => void;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const upkeepIntervalMs = 30_000;

/**
 * Completes batches whose last count a crash lost, ends those that take too long, and deletes old ones, those whose start a
 * crash interrupted, and inputs that a deletion missed. Now and every 30 s, in one process at a time. The result stops it.
 */
export const startBatchUpkeep = (deps: BatchUpkeepDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    while (!signal.aborted) {
      try {
        if (await deps.acquireLease()) await keepBatches(deps);
      } catch (error) {
        deps.log.debug({ err: error }, 'batches: upkeep failed, retrying');
      }
      await sleep(upkeepIntervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};

/** Does it once. */
export const keepBatches = async (deps: BatchUpkeepDeps): Promise<void> => {
  const { store, metrics, log, clock } = deps;
  const now = clock();
  for (const batch of await store.overdueAnyOwner(now)) {
    const { id, ownerId } = batch;
    const ended =
      (await store.complete(id, now)) ??
      (batch.expiresAt <= now
        ? await store.end(id, { status: 'EXPIRED', error: expired(batch), endedAt: now })
        : null);
    if (!ended) continue;
    metrics.batchEnded(ended.status);
    deps.onEnded(ended);
    log.info({ batch: id, status: ended.status }, 'batches: ended by upkeep');
    const started = await store.startedItems(id);
    await Promise.all(started.map((item) => cancelGenerations(deps, item)));
    await notify(deps, batchChanged, ownerId, { batchId: id });
  }
  const at = (ms: number) => new Date(now.getTime() - ms);
  const held = new Set<string>();
  const isHeld = async (ownerId: string): Promise<boolean> => {
    // Only holds are remembered: one may be placed meanwhile.
    if (!held.has(ownerId) && (await deps.isHeld(ownerId))) held.add(ownerId);
    return held.has(ownerId);
  };
  const stale = (afterId: string | null) => store.staleAnyOwner(at(keptMs), at(maxPreparingMs), afterId);
  for await (const { id, ownerId } of allOf(stale)) {
    if (await isHeld(ownerId)) continue;
    if (await store.delete(ownerId, id))
      log.info({ batch: id }, 'batches: deleted an old or interrupted batch');
  }
  const old = (afterId: string | null) => deps.files.createdBeforeAnyOwner(at(fileKeptMs), afterId);
  for await (const { id, ownerId } of allOf(old)) {
    if (!(await isHeld(ownerId))) await deps.files.delete(ownerId, id);
  }
  await deps.files.deleteOrphansAnyOwner(at(maxUploadMs));
  await store.deleteOrphansAnyOwner();
};

/** Yields what is on all pages: those that a legal hold keeps must not hide those after them. */
async function* allOf<Item extends { readonly id: string }>(
  pageAfter: (afterId: string | null) => Promise<readonly Item[]>,
): AsyncGenerator<Item, void, undefined> {
  for (let page = await pageAfter(null); ; ) {
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    page = await pageAfter(last.id);
  }
}

const expired = ({ createdAt, expiresAt }: Batch) => {
  const hours = Math.round((expiresAt.getTime() - createdAt.getTime()) / 3_600_000);
  const message = `The batch did not end within ${hours} hours. Its results so far are kept; send the other inputs again.`;
  return { code: 'ENGINE_TIMEOUT', message } as const;
};
