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

/** Notes that somebody ran into a limit. At once, and whatever becomes of it: who is refused must not wait for that. */
export type RecordLimitHit = (hit: LimitHit) => void;

/** Who ran into which limit lately. */
export interface LimitHitLog {
  readonly record: RecordLimitHit;
  /** The newest first; the key is `limitHitCursor`. For administrators. Throws `FORBIDDEN`. */
  page(viewer: Viewer, page: PageRequest<string>): Promise<Page<LimitHitSummary>>;
  /** Writes what was noted last. */
  close(): Promise<void>;
}

export interface LimitHitLogDeps {
  readonly store: LimitHitStore;
  readonly log: Logger;
  /** How often what was noted is written, in milliseconds: however many are refused, one write in so long. */
  readonly everyMs?: number;
}

/** Later ones sort before earlier ones. */
export const limitHitCursor = (hit: LimitHitSummary): string =>
  `${String(1e15 - hit.lastAt.getTime()).padStart(16, '0')} ${limitHitKey(hit)}`;

export const createLimitHitLog = ({ store, log, everyMs = 1000 }: LimitHitLogDeps): LimitHitLog => {
  let noted = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  const write = async (hits: ReadonlyMap<string, number>): Promise<void> => {
    try {
      await store.add([...hits].map(([key, count]) => ({ ...parseLimitHitKey(key), count })));
    } catch (error) {
      log.debug({ err: error }, 'it could not be written who ran into a limit');
    }
  };

  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const hits = noted;
    noted = new Map();
    writing = writing.then(() => (hits.size > 0 ? write(hits) : undefined));
    return writing;
  };

  return {
    record({ limit, userId, address }) {
      const key = limitHitKey({ limit, userId, address });
      // Of more at once than are kept, those that come last are left out.
      if (!noted.has(key) && noted.size >= maxLimitHits) return;
      noted.set(key, (noted.get(key) ?? 0) + 1);
      timer ??= setTimeout(flush, everyMs).unref();
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
