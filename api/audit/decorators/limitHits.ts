import { LRUCache } from 'lru-cache';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { type LimitKind, limitHitKey } from '../../limits/hits/store.ts';
import { monotonicMs } from '../../process/monotonicMs.ts';
import type { UserLookup } from '../actor.ts';
import type { AuditRecorder } from '../recorder.ts';

/** The time in which a caller's further hits of the same limit are not recorded, in ms. */
const windowMs = 10 * 60_000;
/** Maximum entries in a window, of all callers. */
const maxEntries = 500;

/** Limits whose hits are recorded already, as failures of an action. */
const recordedElsewhere: readonly LimitKind[] = ['GENERATION_RATE', 'RUNNING', 'QUOTA', 'SIGN_IN'];

export interface LimitHitDeps {
  readonly users: Pick<UserLookup, 'findUser'>;
  /** A monotonic clock, in ms. */
  readonly now?: () => number;
}

/** Decorates the log of limit hits: records the first hit of each caller and limit in a window of ten minutes. */
export const decorateLimitHits = (
  record: RecordLimitHit,
  recorder: Pick<AuditRecorder, 'recordSoon'>,
  { users, now = monotonicMs }: LimitHitDeps,
): RecordLimitHit => {
  const recorded = new LRUCache<string, number>({ max: maxEntries });
  let windowEnds = now() + windowMs;
  let entries = 0;

  /** Whether the hit is the first of its caller and limit, and the window has room for its entry. */
  const isDue = (key: string): boolean => {
    const at = now();
    if (at >= windowEnds) {
      windowEnds = at + windowMs;
      entries = 0;
    }
    const last = recorded.get(key);
    if ((last !== undefined && at - last < windowMs) || entries >= maxEntries) return false;
    entries += 1;
    recorded.set(key, at);
    return true;
  };

  return (hit) => {
    record(hit);
    const { limit, userId, address } = hit;
    if (recordedElsewhere.includes(limit) || !isDue(limitHitKey(hit))) return;
    const write = (username: string | null) =>
      recorder.recordSoon({
        action: 'LIMIT_REACHED',
        outcome: 'RATE_LIMITED',
        userId,
        username,
        address,
        details: { limit },
      });
    if (userId === null) return write(null);
    // Without its name, the entry still has the user's id.
    users.findUser(userId).then(
      (user) => write(user?.username ?? null),
      () => write(null),
    );
  };
};
