import { LRUCache } from 'lru-cache';
import { largestOf } from '../../budgets/holdingSource.ts';
import { monotonicMs } from '../../process/monotonicMs.ts';
import type { ReservationStore } from './store.ts';

interface Held {
  readonly tokens: number;
  readonly attempt: number;
  readonly since: number;
  readonly until: number;
  readonly isSettling: boolean;
}

interface Owner {
  version: number;
  readonly answers: Map<string, Held>;
}

/** Maximum owners in memory; beyond it the least recently used is evicted. */
const maxOwners = 50_000;

/** Stores the reservations of a single process. `clock` is monotonic, in milliseconds. */
export const createMemoryReservationStore = (clock = monotonicMs): ReservationStore => {
  const owners = new LRUCache<string, Owner>({ max: maxOwners });

  const ownerOf = (ownerId: string): Owner => {
    const owner = owners.get(ownerId) ?? { version: 0, answers: new Map() };
    owners.set(ownerId, owner);
    return owner;
  };

  return {
    version: async (ownerId) => ownerOf(ownerId).version,

    async reserve({ ownerId, id, attempt, minTokens, wantedTokens, availableTokens, version, leaseMs }) {
      const now = clock();
      const owner = ownerOf(ownerId);
      if (owner.version !== version) return { outcome: 'STALE' };
      for (const [other, { until }] of owner.answers) if (until <= now) owner.answers.delete(other);
      const mine = owner.answers.get(id);
      const others = [...owner.answers].filter(([other]) => other !== id);
      const reserved = others.reduce((sum, [, { tokens }]) => sum + tokens, 0);
      const isOutdated = mine !== undefined && mine.attempt > attempt;
      const tokens = isOutdated ? mine.tokens : Math.min(wantedTokens, availableTokens - reserved);
      if (tokens < minTokens) {
        return {
          outcome: 'REJECTED',
          others: reserved,
          holders: others.map(([other, held]) => ({
            id: other,
            attempt: held.attempt,
            heldMs: now - held.since,
          })),
          isSettling: others.some(([, { isSettling }]) => isSettling),
        };
      }
      if (isOutdated) return { outcome: 'GRANTED', tokens };
      owner.answers.set(id, {
        tokens,
        attempt,
        since: mine?.since ?? now,
        until: now + leaseMs,
        isSettling: false,
      });
      return { outcome: 'GRANTED', tokens };
    },

    async markSettling(ownerId, id, attempt) {
      const { answers } = ownerOf(ownerId);
      const held = answers.get(id);
      if (held && held.attempt <= attempt) answers.set(id, { ...held, isSettling: true });
    },

    async largest(max) {
      const now = clock();
      const amounts = [...owners.entries()].map(([ownerId, { answers }]) => ({
        ownerId,
        amount: [...answers.values()].reduce((sum, { tokens, until }) => sum + (until > now ? tokens : 0), 0),
      }));
      return largestOf(amounts, max);
    },

    async release(ownerId, id, attempt) {
      const owner = ownerOf(ownerId);
      const held = owner.answers.get(id);
      if (held && held.attempt <= attempt) owner.answers.delete(id);
      owner.version += 1;
    },
  };
};
