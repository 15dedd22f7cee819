import type { RedisConnection } from './connection.ts';

/**
 * For what one replica does for all: whether it is this one's to do now. Nobody else's it is then for `forMs`
 * milliseconds, done or not. Rejects with a `Failure` where Redis is away.
 */
export type Lease = (name: string, forMs: number) => Promise<boolean>;

export const createRedisLease =
  (redis: RedisConnection): Lease =>
  async (name, forMs) =>
    (await redis.ask((client) => client.set(`${redis.prefix}lease:${name}`, '1', 'PX', forMs, 'NX'))) ===
    'OK';
