import { LRUCache } from 'lru-cache';
import type { BudgetCaller } from '../../budgets/budgets.ts';
import { addressGroup } from '../../process/addressGroup.ts';
import { type BucketRate, createTokenBucket, type TokenBucket } from './tokenBucket.ts';

/** What is measured of a sender: messages (control frames of the WebSocket protocol included), and bytes. */
export interface MessageRates {
  readonly messages: BucketRate;
  readonly bytes: BucketRate;
}

export type MessageBuckets = { readonly [Name in keyof MessageRates]: TokenBucket };

/** Of one socket: far above what a page sends, and below what costs others time. */
export const socketRates: MessageRates = {
  messages: { perSecond: 100, burst: 400 },
  bytes: { perSecond: 1024 * 1024, burst: 4 * 1024 * 1024 },
};

/** Of all sockets of a user. */
const userRates: MessageRates = {
  messages: { perSecond: 400, burst: 2000 },
  bytes: { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 },
};

/** Of all sockets without authentication from one address. */
const addressRates: MessageRates = {
  messages: { perSecond: 100, burst: 1000 },
  bytes: { perSecond: 256 * 1024, burst: 2 * 1024 * 1024 },
};

/** So many senders are remembered; one that is forgotten begins anew. */
const maxCallers = 10_000;

export const createBuckets = ({ messages, bytes }: MessageRates): MessageBuckets => ({
  messages: createTokenBucket(messages),
  bytes: createTokenBucket(bytes),
});

/** The buckets that all sockets of one caller share. */
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
