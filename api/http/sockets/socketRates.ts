import { LRUCache } from 'lru-cache';
import type { BudgetCaller } from '../../budgets/budgets.ts';
import { addressGroup } from '../../process/addressGroup.ts';
import { type BucketRate, createTokenBucket, type TokenBucket } from './tokenBucket.ts';

/** The allowed rates of messages, WebSocket control frames included, and of bytes. */
export interface MessageRates {
  readonly messages: BucketRate;
  readonly bytes: BucketRate;
}

export type MessageBuckets = { readonly [Name in keyof MessageRates]: TokenBucket };

/** For one socket: far above what the web app sends, and too little to slow others down. */
export const socketRates: MessageRates = {
  messages: { perSecond: 100, burst: 400 },
  bytes: { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 },
};

/** For all sockets of a user together. */
const userRates: MessageRates = {
  messages: { perSecond: 400, burst: 2000 },
  bytes: { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 },
};

/** For all anonymous sockets of an address together. */
const addressRates: MessageRates = {
  messages: { perSecond: 100, burst: 1000 },
  bytes: { perSecond: 256 * 1024, burst: 2 * 1024 * 1024 },
};

/** Maximum callers whose buckets are kept. A caller evicted from the cache starts with full buckets. */
const maxCallers = 10_000;

export const createBuckets = ({ messages, bytes }: MessageRates): MessageBuckets => ({
  messages: createTokenBucket(messages),
  bytes: createTokenBucket(bytes),
});

/** Returns the buckets that all sockets of a caller share. */
export type SharedBuckets = (caller: BudgetCaller) => MessageBuckets;

export const createSharedBuckets = (): SharedBuckets => {
  const known = new LRUCache<string, MessageBuckets>({ max: maxCallers });
  return ({ viewer, address }) => {
    const key = viewer ? `user ${viewer.user.id}` : `address ${addressGroup(address ?? 'unknown')}`;
    const buckets = known.get(key) ?? createBuckets(viewer ? userRates : addressRates);
    known.set(key, buckets);
    return buckets;
  };
};
