/** A slot at a backend, for one request. */
export interface BackendSlot {
  readonly backend: string;
  /** Idempotent; never rejects. */
  release(): Promise<void>;
}

/** Counts the requests that run at each backend, over all replicas. Backends are named by their addresses. */
export interface BackendSlots {
  /**
   * Acquires a slot in the first of `groups` that has a free one, at the backend of that group with the fewest running
   * requests; of several, at the first. Null if every backend already runs `limit` requests. A slot is held until it is
   * released; it expires a few seconds after its process died. Rejects with a `Failure` if the count is unavailable.
   */
  acquire(groups: readonly (readonly string[])[], limit: number): Promise<BackendSlot | null>;
  /** Calls back when a slot was released, but not when one expired. Returns a function that stops it. */
  onRelease(listener: () => void): () => void;
  /** Releases all held slots. */
  close(): Promise<void>;
}
