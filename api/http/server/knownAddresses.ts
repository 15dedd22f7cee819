import { LRUCache } from 'lru-cache';
import { addressGroup } from '../../process/addressGroup.ts';

/** Addresses from which users have authenticated, on this replica. */
export interface KnownAddresses {
  note(userId: string, address: string): void;
  has(address: string): boolean;
}

/** Maximum users. One more evicts the one that authenticated longest ago. */
const maxUsers = 10_000;
/** The addresses that a user makes known: the last ones. A user who authenticates from many doesn't make all of them known. */
const maxAddresses = 4;

export const createKnownAddresses = (): KnownAddresses => {
  /** The number of users that have an address, by its group. */
  const counts = new Map<string, number>();
  const count = (group: string, by: 1 | -1): void => {
    const sum = (counts.get(group) ?? 0) + by;
    if (sum > 0) counts.set(group, sum);
    else counts.delete(group);
  };
  const users = new LRUCache<string, Set<string>>({
    max: maxUsers,
    dispose: (groups) => {
      for (const group of groups) count(group, -1);
    },
    noDisposeOnSet: true,
  });

  return {
    note(userId, address) {
      const group = addressGroup(address);
      const groups = users.get(userId) ?? new Set();
      if (!groups.delete(group)) count(group, 1);
      groups.add(group);
      const [oldest] = groups;
      if (groups.size > maxAddresses && oldest !== undefined) {
        groups.delete(oldest);
        count(oldest, -1);
      }
      users.set(userId, groups);
    },
    has: (address) => counts.has(addressGroup(address)),
  };
};
