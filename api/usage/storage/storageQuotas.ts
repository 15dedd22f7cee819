import type { ByRole } from '../../access/byRole.ts';
import type { User } from '../../access/user.ts';
import { describeBytes } from '../../config/values/bytes.ts';
import type { Rate } from '../../config/values/rate.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { type Limits, rateLimited } from '../../limits/limits.ts';
import type { StorageStore } from './storage.ts';

type Owner = Pick<User, 'id' | 'role'>;

/** A user's stored bytes and their limit. */
export interface StoredBytes {
  readonly used: number;
  /** Null: no limit. */
  readonly limit: number | null;
}

/** Limits how much users store, and how often they write. */
export interface StorageQuotas {
  /** Reserves `bytes` and runs `write`. Throws `QUOTA_EXCEEDED`, and rethrows errors of `write`. */
  withReservation<Written>(user: Owner, bytes: number, write: () => Promise<Written>): Promise<Written>;
  /** Counts a write of a conversation, an attachment or a preset. Throws `RATE_LIMITED`. */
  checkRate(user: Owner): Promise<void>;
  /** Returns the stored bytes of each user, in their order. */
  ofMany(users: readonly Owner[]): Promise<readonly StoredBytes[]>;
}

export interface StorageQuotasDeps {
  readonly storage: StorageStore;
  readonly limits: Limits;
  /** Bytes. */
  readonly limit: ByRole<number>;
  readonly writeRate: ByRole<Rate>;
  readonly recordLimitHit: RecordLimitHit;
}

export const createStorageQuotas = (deps: StorageQuotasDeps): StorageQuotas => ({
  async withReservation(user, bytes, write) {
    const limit = deps.limit[user.role];
    if (limit === null) return write();
    const reservation = await deps.storage.reserve(user.id, bytes, limit);
    if (reservation === null) {
      deps.recordLimitHit({ limit: 'STORAGE', userId: user.id, address: null });
      throw storageExceeded(limit);
    }
    let isWritten = false;
    try {
      const written = await write();
      isWritten = true;
      return written;
    } finally {
      await reservation.settle(isWritten);
    }
  },
  async checkRate(user) {
    const rate = deps.writeRate[user.role];
    if (!rate) return;
    const taken = await deps.limits.consume(`writes:${user.id}`, rate);
    if (taken.isAllowed) return;
    deps.recordLimitHit({ limit: 'WRITE_RATE', userId: user.id, address: null });
    throw rateLimited('You have made too many changes', taken, rate);
  },
  async ofMany(users) {
    const used = await deps.storage.usedBy(users.map(({ id }) => id));
    return users.map(({ role }, index) => ({ used: used[index] ?? 0, limit: deps.limit[role] }));
  },
});

const storageExceeded = (limit: number): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    `Storage quota exceeded (${describeBytes(limit)}). Delete conversations, documents or presets, or ask an administrator for more.`,
    { limit },
  );
