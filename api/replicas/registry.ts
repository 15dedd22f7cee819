/** A process of this service, as it tells the others. */
export interface Replica {
  readonly id: string;
  readonly version: string;
  /** Whether it takes generations. */
  readonly worker: boolean;
  /** Of the secret that signs sessions: replicas with another one refuse who signed in here. */
  readonly secretHash: string;
}

/** Which replicas there are. One that says nothing for a while is not counted any more. */
export interface Presence {
  /** Tells the others of this one, now and from time to time. Call the result to stop, which takes it off at once. */
  join(replica: Replica): () => Promise<void>;
  /** This one among them, once it was announced. Rejects with `SERVICE_UNAVAILABLE` where that can't be known. */
  replicas(): Promise<readonly Replica[]>;
}
