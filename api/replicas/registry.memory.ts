import type { Replica, ReplicaRegistry } from './registry.ts';

/** The registry of a service with one process. */
export const createMemoryReplicaRegistry = (): ReplicaRegistry => {
  const replicas = new Map<string, Replica>();
  return {
    register(replica) {
      replicas.set(replica.id, replica);
      return async () => {
        replicas.delete(replica.id);
      };
    },
    list: async () => [...replicas.values()],
  };
};
