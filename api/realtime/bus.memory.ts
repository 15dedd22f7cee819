import type { Bus, BusListener } from './bus.ts';
import type { Topic } from './topic.ts';

/** Creates the bus of a single process. */
export const createMemoryBus = (): Bus => {
  const channels = new Map<string, Set<(payload: unknown) => void>>();

  const subscribe = async <Payload>(topic: Topic<Payload>, key: string, listener: BusListener<Payload>) => {
    const channel = `${topic.name}:${key}`;
    const deliver = (payload: unknown) => listener.message(topic.payload.parse(payload));
    const delivers = channels.get(channel) ?? new Set();
    channels.set(channel, delivers.add(deliver));
    return async () => {
      delivers.delete(deliver);
      if (delivers.size === 0 && channels.get(channel) === delivers) channels.delete(channel);
    };
  };

  return {
    async publish(topic, key, payload) {
      for (const deliver of channels.get(`${topic.name}:${key}`) ?? []) deliver(payload);
    },
    subscribe,
    listenerCount: (topic) =>
      [...channels]
        .filter(([channel]) => !topic || channel.startsWith(`${topic.name}:`))
        .reduce((sum, [, delivers]) => sum + delivers.size, 0),
    async close() {
      channels.clear();
    },
  };
};
