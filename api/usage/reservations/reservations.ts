import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { serviceUnavailable } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { type Quota, quotaExceeded, quotaReserved, quotaTooSmall } from '../quota.ts';
import type { Quotas } from '../quotas.ts';
import { maxLeaseMs, type Reservation, type ReservationStore } from './store.ts';

/** A request to reserve tokens for an answer, for its prompt and its text in total. */
export interface ReservationRequest {
  readonly ownerId: string;
  readonly id: string;
  readonly attempt: number;
  /** The request is rejected if fewer tokens are available. */
  readonly minTokens: number;
  /** The maximum to grant; fewer tokens are granted if fewer are available. */
  readonly wantedTokens: number;
  /** A `waiting` answer gets the maximum lease. When it starts, it reserves again with the lease of a running answer. */
  readonly state: 'waiting' | 'starting' | 'running';
}

/**
 * Reserves tokens for answers before they are used. The reservations of a user's answers, on all replicas together, are at
 * most the tokens left in the quota, so the quota is never exceeded.
 */
export interface Reservations {
  /** Whether the user has a quota. */
  isLimited(ownerId: string): Promise<boolean>;
  /**
   * Resolves to the answer's reserved tokens; null if the user has no quota. Throws `QUOTA_EXCEEDED`, or
   * `SERVICE_UNAVAILABLE` when a store is unavailable.
   */
  reserve(request: ReservationRequest): Promise<number | null>;
  /** Runs `count`, which adds the answer's usage, then removes the reservation. Rejects if `count` does. */
  settle(ownerId: string, id: string, attempt: number, count: () => Promise<void>): Promise<void>;
  /** Removes the reservation of an answer that used no tokens. Never rejects: if it fails, the reservation expires. */
  release(ownerId: string, id: string, attempt: number): Promise<void>;
}

export interface ReservationsDeps {
  readonly quotas: Pick<Quotas, 'findTightest'>;
  readonly reservationStore: ReservationStore;
  /** Returns the reservations whose answers have ended. */
  readonly findEnded: (ownerId: string, holders: readonly Reservation[]) => Promise<readonly Reservation[]>;
  readonly recordLimitHit: RecordLimitHit;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** The lease of a running answer's reservation, in milliseconds. Reservations of a dead replica expire after it. */
export const runningLeaseMs = 30_000;

/** The lifetime of a cached quota, in milliseconds. Settling an answer invalidates it earlier. */
const quotaCacheMs = 1000;
/** The maximum number of cached quotas. One more evicts the oldest. */
const maxCachedQuotas = 10_000;
/** Maximum tries while other answers are being settled, and the pause between two tries in milliseconds. */
const maxTries = 100;
const pauseMs = 20;

interface CachedQuota {
  readonly quota: Quota;
  readonly version: number;
  readonly readAt: number;
}

export const createReservations = (deps: ReservationsDeps): Reservations => {
  const { quotas, reservationStore, clock, log } = deps;
  const cache = new Map<string, CachedQuota>();

  const readQuota = async (ownerId: string): Promise<CachedQuota | null> => {
    // Read the version first: if an answer is settled before the quota is read, the version is then outdated.
    const version = await reservationStore.version(ownerId);
    const quota = await quotas.findTightest(ownerId);
    cache.delete(ownerId);
    if (!quota) return null;
    const cached = { quota, version, readAt: performance.now() };
    cache.set(ownerId, cached);
    const [oldest] = cache.keys();
    if (cache.size > maxCachedQuotas && oldest !== undefined) cache.delete(oldest);
    return cached;
  };

  const quotaOf = async (ownerId: string, isFresh: boolean): Promise<CachedQuota | null> => {
    const known = cache.get(ownerId);
    if (!isFresh && known && performance.now() - known.readAt < quotaCacheMs) return known;
    return readQuota(ownerId);
  };

  const release: Reservations['release'] = async (ownerId, id, attempt) => {
    try {
      await reservationStore.release(ownerId, id, attempt);
    } catch (error) {
      log.debug({ generation: id, err: error }, 'quota: reservation not removed; it expires');
    }
  };

  return {
    isLimited: async (ownerId) => (await quotas.findTightest(ownerId)) !== null,

    async reserve({ ownerId, id, attempt, minTokens, wantedTokens, state }) {
      const leaseMs = state === 'waiting' ? maxLeaseMs : runningLeaseMs;
      // A request is never rejected because of a cached quota.
      let isFresh = false;
      for (let tries = 0; tries < maxTries; tries += 1) {
        const cached = await quotaOf(ownerId, isFresh);
        if (!cached) return null;
        const { quota, version } = cached;
        const left = Math.max(0, quota.limit - quota.used);
        const reserveRequest = {
          ownerId,
          id,
          attempt,
          minTokens,
          wantedTokens: Math.max(minTokens, wantedTokens),
          availableTokens: left,
          version,
          leaseMs,
        };
        const reserved = await reservationStore.reserve(reserveRequest);
        if (reserved.outcome === 'GRANTED') return reserved.tokens;
        if (reserved.outcome === 'REJECTED' && isFresh) {
          const { others, holders, isSettling } = reserved;
          const ended = await deps.findEnded(ownerId, holders);
          for (const holder of ended) await reservationStore.release(ownerId, holder.id, holder.attempt);
          if (ended.length === 0 && !isSettling) {
            deps.recordLimitHit({ limit: 'QUOTA', userId: ownerId, address: null });
            if (others > 0 && minTokens <= left) throw quotaReserved(quota);
            throw state !== 'running' && left > 0
              ? quotaTooSmall(quota, minTokens, clock())
              : quotaExceeded(quota, clock());
          }
          if (ended.length === 0) await sleep(pauseMs);
        }
        isFresh = true;
      }
      throw serviceUnavailable("Your quota can't be checked right now. Try again in a minute.");
    },

    async settle(ownerId, id, attempt, count) {
      await reservationStore.markSettling(ownerId, id, attempt).catch((error: unknown) => {
        log.debug({ generation: id, err: error }, 'quota: reservation not marked as settling');
      });
      try {
        await count();
      } finally {
        await release(ownerId, id, attempt);
      }
    },

    release,
  };
};
