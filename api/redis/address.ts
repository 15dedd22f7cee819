import { StartupError } from '../errors/startupError.ts';

/** A REDIS_URL that can't be used. `why` is half a sentence that holds no secret. */
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

/** Where Redis is, and who we are there. */
export interface RedisAddress {
  /** `single`: one server. `sentinel`: `hosts` are sentinels that know the master. `cluster`: `hosts` are some of its nodes. */
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly hosts: readonly RedisHost[];
  readonly tls: boolean;
  /** Of the ACL; null: the default user. */
  readonly username: string | null;
  readonly password: string | null;
  /** 0 in a cluster. */
  readonly database: number;
  /** The master's name among the sentinels; empty unless they are asked. */
  readonly master: string;
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
}

const forms =
  'redis://host:6379, rediss:// (TLS), redis+sentinel://host,host/master or redis+cluster://host,host';

const parts =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;

/**
 * Reads
 * - `redis://[user:password@]host[:6379][/database]`,
 * - `redis+sentinel://[user:password@]host[:26379],host…/master[/database][?sentinelUsername=…&sentinelPassword=…]`,
 * - `redis+cluster://[user:password@]host[:6379],host…`,
 *
 * each with `rediss` for TLS. What is not a letter or a digit in a user or a password is percent-encoded. Throws
 * `RedisUrlUnusable`.
 */
export const parseRedisUrl = (url: string): RedisAddress => {
  const found = parts.exec(url.trim())?.groups;
  if (!found) throw new RedisUrlUnusable(`it must be ${forms}; special characters of a password as %XX`);
  const kind = found.kind === 'sentinel' || found.kind === 'cluster' ? found.kind : 'single';
  const hosts = (found.hosts ?? '')
    .split(',')
    .map((host) => parseHost(host, kind === 'sentinel' ? 26379 : 6379));
  if (kind === 'single' && hosts.length > 1) {
    throw new RedisUrlUnusable('several hosts need redis+sentinel:// or redis+cluster://');
  }
  const path = (found.path ?? '').split('/').filter((part) => part !== '');
  const master = kind === 'sentinel' ? decode(path.shift() ?? '') : '';
  if (kind === 'sentinel' && master === '') {
    throw new RedisUrlUnusable("it lacks the master's name: redis+sentinel://host:26379/mymaster");
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

/** The hosts, for a person: no user, no password. */
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
    throw new RedisUrlUnusable('what names a server in it must be host or host:port');
  }
  return { host, port };
};

const parseDatabase = (path: readonly string[], kind: RedisAddress['kind']): number => {
  const [text = '0', ...more] = path;
  if (more.length > 0 || !/^\d{1,5}$/.test(text)) {
    throw new RedisUrlUnusable('what ends it must be the number of a database');
  }
  if (kind === 'cluster' && Number(text) !== 0) {
    throw new RedisUrlUnusable('a cluster has database 0 only');
  }
  return Number(text);
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlUnusable('a percent sign in it must be written %25');
  }
};
