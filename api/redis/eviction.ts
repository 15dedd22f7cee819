import type { Logger } from 'pino';
import type { RedisClient } from './client.ts';

/**
 * Warns if Redis may evict keys: queued generations and sessions' state would disappear. Reads `INFO`, since managed servers
 * forbid `CONFIG`. Never rejects.
 */
export const warnOfEviction = async (
  client: Pick<RedisClient, 'info'>,
  where: string,
  log: Logger,
): Promise<void> => {
  const info = await client.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return;
  log.warn(
    `REDIS_URL: Redis at ${where} evicts keys when its memory is full (maxmemory-policy ${policy}), which loses queued generations. Set maxmemory-policy to noeviction.`,
  );
};
