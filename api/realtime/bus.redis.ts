import type { RedisConnection } from '../redis/connection.ts';
import type { Bus } from './bus.ts';

/** Creates the bus of several replicas on one Redis. */
export const createRedisBus = ({ pubSub, prefix: installation }: RedisConnection): Bus => {
  const prefix = `${installation}bus:`;

  return {
    publish: (topic, key, payload) => pubSub.publish(`${prefix}${topic.name}:${key}`, payload),
    subscribe: (topic, key, listener) =>
      pubSub.subscribe(`${prefix}${topic.name}:${key}`, {
        message: (payload) => listener.message(topic.payload.parse(payload)),
        missed: () => listener.missed(),
      }),
    listenerCount: (topic) => pubSub.listenerCount(topic ? `${prefix}${topic.name}:` : prefix),
    // The connection is closed where it was opened.
    close: async () => {},
  };
};
