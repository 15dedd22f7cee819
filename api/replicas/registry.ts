/** A process of this service, as other replicas see it. */
export interface Replica {
  readonly id: string;
  readonly version: string;
  /** Whether it runs generations. */
  readonly worker: boolean;
  /** The hash of the secret that signs sessions. Replicas with different secrets reject each other's sessions. */
  readonly secretHash: string;
}

/** The live replicas of this service. A replica that sends no heartbeat expires after a while. */
export interface ReplicaRegistry {
  /** Registers a replica and sends its heartbeats. Call the result to stop and to remove the replica at once. */
  register(replica: Replica): () => Promise<void>;
  /** Returns the live replicas, including this one once it is registered. Rejects with `SERVICE_UNAVAILABLE`. */
  list(): Promise<readonly Replica[]>;
}
