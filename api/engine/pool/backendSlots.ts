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
   * requests; of several, at the first. Null if every backend already runs `limit` requests, or its free slots are for requests
   * that wait for it and are before this one. A slot is held until it is released; it expires a few seconds after its
   * process died. Rejects with a `Failure` if the count is unavailable.
   *
   * `place` makes a request that gets no slot wait at these backends: places are served in their order as strings, those of
   * all replicas together. A place expires a few seconds after its last `acquire`. Absent: the request is behind all places.
   */
  acquire(groups: readonly (readonly string[])[], limit: number, place?: string): Promise<BackendSlot | null>;
  /** Ends the wait of a place that got no slot. Never rejects. */
  leave(place: string): Promise<void>;
  /** Calls back when a slot or a place was released, but not when one expired. Returns a function that stops it. */
  onRelease(listener: () => void): () => void;
  /** Releases all held slots. */
  close(): Promise<void>;
}
