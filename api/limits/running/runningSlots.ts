/** The holder of a slot. */
export interface Holder {
  readonly id: string;
  /** The time since it acquired the slot, in ms. */
  readonly heldMs: number;
}

/** `ACQUIRED` now; `HELD` by the same holder already; or all slots are taken: `FULL`, with their holders. */
export type SlotResult =
  | { readonly outcome: 'ACQUIRED' | 'HELD' }
  | { readonly outcome: 'FULL'; readonly holders: readonly Holder[] };

/**
 * Slots for concurrent work, by key. Of any number of concurrent calls exactly as many acquire a slot as there are, on all
 * replicas together. A slot is held until it is released, or until its key wasn't used for a day. Rejects with
 * `SERVICE_UNAVAILABLE` while the slots can't be counted.
 */
export interface RunningSlots {
  /** Acquires one of the key's `max` slots for `id`, in one atomic step. */
  acquire(key: string, id: string, max: number): Promise<SlotResult>;
  /** Releases the slots of these holders. Ignores ids that hold none. */
  release(key: string, ids: readonly string[]): Promise<void>;
}

/** The time after which the slots of an unused key expire, in ms. */
export const runningSlotTtlMs = 86_400_000;
