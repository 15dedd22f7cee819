import type { Logger } from 'pino';
import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { type Page, type PageRequest, pageOf } from '../../paging/pages.ts';
import {
  type LimitHit,
  type LimitHitStore,
  type LimitHitSummary,
  limitHitKey,
  maxLimitHits,
  parseLimitHitKey,
} from './store.ts';

/** Records a limit hit. Returns at once and never throws: a rejected caller doesn't wait for it. */
export type RecordLimitHit = (hit: LimitHit) => void;

/** The log of recent limit hits. */
export interface LimitHitLog {
  readonly record: RecordLimitHit;
  /** Returns a page, latest hit first, by the cursor `limitHitCursor`. For administrators; throws `FORBIDDEN` for others. */
  page(viewer: Viewer, page: PageRequest<string>): Promise<Page<LimitHitSummary>>;
  /** Writes the pending hits. */
  close(): Promise<void>;
}

export interface LimitHitLogDeps {
  readonly store: LimitHitStore;
  readonly log: Logger;
  /** The interval between two writes, in ms, however many hits are recorded. Default: 1000. */
  readonly writeIntervalMs?: number;
}

/** Returns a sort key: later hits sort before earlier ones. */
export const limitHitCursor = (hit: LimitHitSummary): string =>
  `${String(1e15 - hit.lastAt.getTime()).padStart(16, '0')} ${limitHitKey(hit)}`;

export const createLimitHitLog = ({ store, log, writeIntervalMs = 1000 }: LimitHitLogDeps): LimitHitLog => {
  let pending = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  const write = async (hits: ReadonlyMap<string, number>): Promise<void> => {
    try {
      await store.add([...hits].map(([key, count]) => ({ ...parseLimitHitKey(key), count })));
    } catch (error) {
      log.debug({ err: error }, 'limits: hits not written');
    }
  };

  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const hits = pending;
    pending = new Map();
    writing = writing.then(() => (hits.size > 0 ? write(hits) : undefined));
    return writing;
  };

  return {
    record({ limit, userId, address }) {
      const key = limitHitKey({ limit, userId, address });
      // More summaries than the store keeps are left out.
      if (!pending.has(key) && pending.size >= maxLimitHits) return;
      pending.set(key, (pending.get(key) ?? 0) + 1);
      timer ??= setTimeout(flush, writeIntervalMs).unref();
    },
    async page(viewer, page) {
      demand(viewer, 'manageUsers');
      await flush();
      const recent = [...(await store.recent())];
      const keyed = recent.sort((one, other) => (limitHitCursor(one) < limitHitCursor(other) ? -1 : 1));
      return pageOf(keyed, page, limitHitCursor);
    },
    close: flush,
  };
};
