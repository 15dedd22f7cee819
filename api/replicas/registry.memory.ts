import type { Presence, Replica } from './registry.ts';

/** Of a service that is one process. */
export const createMemoryPresence = (): Presence => {
  const present = new Map<string, Replica>();
  return {
    join(replica) {
      present.set(replica.id, replica);
      return async () => {
        present.delete(replica.id);
      };
    },
    replicas: async () => [...present.values()],
  };
};
