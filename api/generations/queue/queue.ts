/** A generation that waits for a slot. */
export interface Job {
  readonly id: string;
  readonly ownerId: string;
  /** Whether a dead worker may have begun it: then the next worker takes it over. */
  readonly takeover?: boolean;
  /** Whether no person waits for it, such as an input of a batch: it is taken only while no other job waits. */
  readonly isBackground?: boolean;
}

/**
 * Returns whether this worker still has the lock on its job. False once the queue may have given the job to another worker,
 * because this process was paused or cut off. Throws `SERVICE_UNAVAILABLE` if the queue is unavailable.
 */
export type IsHeld = () => Promise<boolean>;

/**
 * A job that this process answers without a slot, outside the order of the queue. If the process dies, a worker takes the
 * job within seconds, with `takeover`.
 */
export interface Hold {
  /**
   * Aborts soon after this process has lost the job: it was removed, or it was given to a worker because this process was
   * paused for too long. As the signal is late, only the claim in the store decides.
   */
  readonly lost: AbortSignal;
  /** Ends the hold. A job that was added during the hold is queued then. Idempotent. */
  release(): Promise<void>;
}

/** The jobs that a process runs beyond its slots, because running ones need none at the moment or have to let others in. */
export interface ExtraSlots {
  count(): number;
  /** Calls back when the count has changed. Call the result to stop. */
  onChange(listener: () => void): () => void;
}

/**
 * The queue of generations. It is fair between users: the next job is of the user who was served least recently, so a
 * user with a hundred jobs doesn't delay the others. Within a user's jobs it is FIFO. Jobs in the background come after all
 * others, in a fair order of their own. Methods throw `SERVICE_UNAVAILABLE` if the queue is unavailable.
 */
export interface Queue {
  /** Whether the jobs outlive this process: then unfinished ones can be added for another replica to take over. */
  readonly outlivesProcess: boolean;
  /** Resolves if the queue is available. */
  check(): Promise<void>;
  /**
   * Adds a job. Does nothing if it waits already. A job that runs or is held is queued once it has ended: the caller may
   * have seen its end before the queue did, or hands it over.
   */
  add(job: Job): Promise<void>;
  /**
   * Holds a job for this process, which answers it as a follower of `leaderId` or from the cache (null). Null if the queue
   * has the job already.
   */
  hold(job: Job, leaderId: string | null): Promise<Hold | null>;
  /** Removes a waiting or held job. False if there is none. */
  remove(id: string): Promise<boolean>;
  /** Returns the position, 1 is next. A held follower has its leader's position. Null if it doesn't wait. */
  position(id: string): Promise<number | null>;
  /** Returns whether the job waits, is held, or is run by a live worker. */
  has(id: string): Promise<boolean>;
  waitingCount(): Promise<number>;
  /** Returns the number of waiting jobs that aren't in the background. */
  waitingPeopleCount(): Promise<number>;
  /** Calls back soon after positions may have changed, once for several changes. Call the result to stop. */
  onChange(listener: () => void): () => void;
  /**
   * Starts taking jobs, `slots()` at a time and as many as `extraSlots` beyond, unless there are no slots. `extraSlots` is
   * absent if no process of the service has any. `run` must not
   * reject. The result stops that, and resolves when running jobs have ended.
   */
  work(
    run: (job: Job, isHeld: IsHeld) => Promise<void>,
    slots: () => number,
    extraSlots?: ExtraSlots,
  ): () => Promise<void>;
  close(): Promise<void>;
}
