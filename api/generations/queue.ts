/** A generation that waits for a slot. */
export interface Job {
  readonly id: string;
  readonly ownerId: string;
  /** Whether a worker that died may have begun it: whoever takes it goes on from there. */
  readonly takeover?: boolean;
}

/**
 * Where generations wait. Fair between users: the next one taken is of the user who was served longest ago, so one
 * user's hundred never stand before another's one; among one user's, first come, first served.
 */
export interface Queue {
  /** Whether what waits here outlives this process: then what it can't finish may be added for another to take over. */
  readonly outlivesProcess: boolean;
  /** Throws `SERVICE_UNAVAILABLE` where the queue can't be reached. */
  check(): Promise<void>;
  /**
   * Adding an id that waits already changes nothing. One that runs already is taken again once it has ended: who adds
   * it may have seen its end before the queue did, or means to hand it over. Throws `SERVICE_UNAVAILABLE` where the queue can't be reached.
   */
  add(job: Job): Promise<void>;
  /** True where it was waiting, and does so no longer. */
  remove(id: string): Promise<boolean>;
  /** 1 is next. Null where it does not wait. */
  position(id: string): Promise<number | null>;
  /** Whether it waits, or a worker that is alive has it. */
  has(id: string): Promise<boolean>;
  waitingCount(): Promise<number>;
  /** Calls back soon after places may have changed, several changes at once. Call the result to stop. */
  onChange(listener: () => void): () => void;
  /**
   * Begins to take jobs, `slots` at a time. `run` must not reject. The result stops taking, and resolves when what
   * runs has ended.
   */
  work(run: (job: Job) => Promise<void>, slots: () => number): () => Promise<void>;
  close(): Promise<void>;
}
