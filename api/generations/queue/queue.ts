/** A generation that waits for a slot. */
export interface Job {
  readonly id: string;
  readonly ownerId: string;
  /** Whether a worker that died may have begun it: whoever takes it goes on from there. */
  readonly takeover?: boolean;
}

/**
 * Whether this worker still has the lock of the job that it was given. False once the queue may have given the job to
 * another worker, because this process was paused or cut off. Throws `SERVICE_UNAVAILABLE` where the queue can't be reached.
 */
export type IsHeld = () => Promise<boolean>;

/**
 * A job that this process answers outside the line, without a slot. While the process lives it keeps the hold; should
 * the process die, a worker takes the job within seconds, with `takeover`.
 */
export interface Hold {
  /**
   * Aborts once this process has lost the job: it was removed, or it was given to a worker because this process was
   * paused for too long. Soon after, not at the same moment: a run's claim in the store is what decides.
   */
  readonly lost: AbortSignal;
  /** Ends the hold. A job that was added while it was held joins the line. Idempotent. */
  release(): Promise<void>;
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
   * Adding an id that waits already changes nothing. One that runs already, or is held, is taken again once it has
   * ended: the caller may have seen its end before the queue did, or hands it over. Throws `SERVICE_UNAVAILABLE` where the queue can't be reached.
   */
  add(job: Job): Promise<void>;
  /**
   * Keeps a job out of the line for this process, which answers it as a follower of `leaderId` or from the cache (null).
   * Null where the queue has the job already. Throws `SERVICE_UNAVAILABLE` where the queue can't be reached.
   */
  hold(job: Job, leaderId: string | null): Promise<Hold | null>;
  /** True where it was waiting or held, and is so no longer. */
  remove(id: string): Promise<boolean>;
  /** 1 is next. A follower that is held has its leader's position. Null where there is none. */
  position(id: string): Promise<number | null>;
  /** Whether it waits, is held, or a worker that is alive has it. */
  has(id: string): Promise<boolean>;
  waitingCount(): Promise<number>;
  /** Calls back soon after places may have changed, several changes at once. Call the result to stop. */
  onChange(listener: () => void): () => void;
  /**
   * Begins to take jobs, `slots` at a time. `run` must not reject. The result stops taking, and resolves when what
   * runs has ended.
   */
  work(run: (job: Job, isHeld: IsHeld) => Promise<void>, slots: () => number): () => Promise<void>;
  close(): Promise<void>;
}
