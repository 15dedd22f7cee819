/** A place at a backend, for one request. */
export interface BackendSlot {
  readonly backend: string;
  /** Gives the place back. Idempotent; never rejects. */
  release(): Promise<void>;
}

/** How many requests run at each backend, counted over all replicas. Backends go by their addresses. */
export interface BackendSlots {
  /**
   * Takes a place in the first of `groups` that has one: at the backend there which runs least, among equals the one
   * named first. Null where each of them runs `limit` already. A place is held until it is released, or a few seconds
   * longer than the process that holds it. Rejects with a `Failure` where the count can't be asked for.
   */
  acquire(groups: readonly (readonly string[])[], limit: number): Promise<BackendSlot | null>;
  /** Calls back when a place was given back; not for those of a replica that died. Call the result to stop. */
  onRelease(listener: () => void): () => void;
  /** Gives back what is held. */
  close(): Promise<void>;
}
