/**
 * What answers that are being made have used so far, in tokens, on all replicas together. What is not said again within
 * `spendingLastsMs` is forgotten: who made that answer is dead, or has nothing to say of it. Rejects with
 * `SERVICE_UNAVAILABLE` where that can't be known.
 */
export interface Spending {
  /** Says what answer `id` has used so far. Resolves to what the owner's other answers have. */
  report(ownerId: string, id: string, tokens: number): Promise<number>;
  /** It has ended: what it used is counted for good elsewhere. */
  forget(ownerId: string, id: string): Promise<void>;
}

/** In milliseconds. */
export const spendingLastsMs = 30_000;
