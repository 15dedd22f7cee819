/** Who holds a place. */
export interface Holder {
  readonly id: string;
  /** For how long, in milliseconds. */
  readonly heldMs: number;
}

/** `TAKEN` just now, `HELD` by it already, or all are `FULL`, of those who hold them. */
export type SlotResult =
  | { readonly outcome: 'ACQUIRED' | 'HELD' }
  | { readonly outcome: 'FULL'; readonly holders: readonly Holder[] };

/**
 * RunningSlots that somebody's work holds while it goes on, by keys. Of any number that come at once exactly as many get one as
 * there are, on all replicas together. A place is held until it is given back, or was left alone for a day. Rejects with
 * `SERVICE_UNAVAILABLE` where that can't be known.
 */
export interface RunningSlots {
  /** A place for `id`, of the `most` that the key has. */
  acquire(key: string, id: string, most: number): Promise<SlotResult>;
  /** Those that hold none are passed over. */
  release(key: string, ids: readonly string[]): Promise<void>;
}

/** How long runningSlots are kept that nobody takes or gives back, in milliseconds. */
export const runningSlotTtlMs = 86_400_000;
