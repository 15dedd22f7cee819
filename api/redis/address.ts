import { StartupError } from '../errors/startupError.ts';

/** An invalid `REDIS_URL`. `why` completes the message, and must not contain a secret. */
export class RedisUrlUnusable extends StartupError {
  override readonly name = 'RedisUrlUnusable';

  constructor(why: string) {
    super(`REDIS_URL can't be used: ${why}.`);
  }
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** The servers of Redis, and the credentials for them. */
export interface RedisAddress {
  /** `single`: one server. `sentinel`: `hosts` are sentinels, which know the master. `cluster`: `hosts` are some of its nodes. */
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  /** The ACL user; null: the default user. */
  readonly username: string | null;
  readonly password: string | null;
  /** The database number; 0 in a cluster. */
  readonly database: number;
  /** The name of the master that the sentinels watch; empty without sentinels. */
  readonly master: string;
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
}

const forms =
  'redis://host:6379, rediss:// (TLS), redis+sentinel://host,host/master or redis+cluster://host,host';

const parts =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;

/**
 * Parses a `REDIS_URL` of one of these forms:
 *
 * - `redis://[user:password@]host[:6379][/database]`,
 * - `redis+sentinel://[user:password@]host[:26379],host…/master[/database][?sentinelUsername=…&sentinelPassword=…]`,
 * - `redis+cluster://[user:password@]host[:6379],host…`,
 *
 * each with `rediss` for TLS. Special characters in user and password are percent-encoded. Throws `RedisUrlUnusable`.
 */
export const parseRedisUrl = (url: string): RedisAddress => {
  const found = parts.exec(url.trim())?.groups;
  if (!found) throw new RedisUrlUnusable(`use ${forms}, with special characters of a password as %XX`);
  const kind = found.kind === 'sentinel' || found.kind === 'cluster' ? found.kind : 'single';
  const hosts = (found.hosts ?? '')
    .split(',')
    .map((host) => parseHost(host, kind === 'sentinel' ? 26379 : 6379));
  if (kind === 'single' && hosts.length > 1) {
    throw new RedisUrlUnusable('for several hosts use redis+sentinel:// or redis+cluster://');
  }
  const path = (found.path ?? '').split('/').filter((part) => part !== '');
  const master = kind === 'sentinel' ? decode(path.shift() ?? '') : '';
  if (kind === 'sentinel' && master === '') {
    throw new RedisUrlUnusable("add the master's name: redis+sentinel://host:26379/mymaster");
  }
  const query = new URLSearchParams(found.query ?? '');
  return {
    kind,
    hosts,
    tls: found.tls === 's',
    username: decode(found.user ?? '') || null,
    password: decode(found.password ?? '') || null,
    database: parseDatabase(path, kind),
    master,
    sentinelUsername: query.get('sentinelUsername'),
    sentinelPassword: query.get('sentinelPassword'),
  };
};

/** Returns the hosts for log lines, without credentials. */
export const describeAddress = ({ kind, hosts, master }: RedisAddress): string => {
  const where = hosts
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(', ');
  return kind === 'sentinel' ? `${where} (sentinels of ${master})` : where;
};

const parseHost = (text: string, defaultPort: number): RedisHost => {
  const found = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/.exec(text.trim())?.groups;
  const host = found?.v6 ?? found?.name;
  const port = found?.port === undefined ? defaultPort : Number(found.port);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new RedisUrlUnusable('give each server as host or host:port');
  }
  return { host, port };
};

const parseDatabase = (path: readonly string[], kind: RedisAddress['kind']): number => {
  const [text = '0', ...more] = path;
  if (more.length > 0 || !/^\d{1,5}$/.test(text)) {
    throw new RedisUrlUnusable('end it with the number of a database');
  }
  if (kind === 'cluster' && Number(text) !== 0) {
    throw new RedisUrlUnusable('a cluster has only database 0');
  }
  return Number(text);
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlUnusable('write a percent sign as %25');
  }
};
