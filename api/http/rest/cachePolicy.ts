import type { IncomingHttpHeaders } from 'node:http';
import type { CachePolicy } from '../../generations/cache/key.ts';

/** What `Cache-Control` asks of stored answers (RFC 9111, 5.2.1): `no-store` for none, `no-cache` for a new one. */
export const cachePolicyOf = (headers: IncomingHttpHeaders): CachePolicy | null => {
  const directives = (headers['cache-control'] ?? '').split(',').map((part) => part.trim().toLowerCase());
  if (directives.includes('no-store')) return 'BYPASS';
  return directives.includes('no-cache') ? 'REFRESH' : null;
};
