import { LRUCache } from 'lru-cache';
import type { BudgetCaller } from '../../budgets/budgets.ts';
import { addressGroup } from '../../process/addressGroup.ts';
import { createTokenBucket, type Pace, type TokenBucket } from './tokenBucket.ts';

/** What is measured of a sender: messages (control frames of the WebSocket protocol included), and bytes. */
export interface SenderPaces {
  readonly messages: Pace;
  readonly bytes: Pace;
}

export type SenderBuckets = { readonly [Name in keyof SenderPaces]: TokenBucket };

/** Of one socket: far above what a page sends, and below what costs others time. */
export const socketPaces: SenderPaces = {
  messages: { perSecond: 100, burst: 400 },
  bytes: { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 },
};

/** Of all sockets of a user. */
const userPaces: SenderPaces = {
  messages: { perSecond: 400, burst: 2000 },
  bytes: { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 },
};

/** Of all sockets without authentication from one address. */
const addressPaces: SenderPaces = {
  messages: { perSecond: 100, burst: 1000 },
  bytes: { perSecond: 256 * 1024, burst: 2 * 1024 * 1024 },
};

/** So many senders are remembered; one that is forgotten begins anew. */
const maxPeers = 10_000;

export const createBuckets = ({ messages, bytes }: SenderPaces): SenderBuckets => ({
  messages: createTokenBucket(messages),
  bytes: createTokenBucket(bytes),
});

/** The buckets that all sockets of one caller share. */
export type Peers = (caller: BudgetCaller) => SenderBuckets;

export const createPeers = (): Peers => {
  const known = new LRUCache<string, SenderBuckets>({ max: maxPeers });
  return ({ viewer, address }) => {
    const key = viewer ? `user ${viewer.user.id}` : `address ${addressGroup(address ?? 'unknown')}`;
    const buckets = known.get(key) ?? createBuckets(viewer ? userPaces : addressPaces);
    known.set(key, buckets);
    return buckets;
  };
};
