import { describeAddress, parseRedisUrl, RedisUrlUnusable } from './address.ts';

const plain = {
  kind: 'single',
  tls: false,
  username: null,
  password: null,
  database: 0,
  master: '',
  sentinelUsername: null,
  sentinelPassword: null,
};

describe('REDIS_URL', () => {
  it.each([
    ['redis://localhost', { ...plain, hosts: [{ host: 'localhost', port: 6379 }] }],
    [
      'redis://:p%40ss@10.0.0.1:6380/3',
      { ...plain, password: 'p@ss', database: 3, hosts: [{ host: '10.0.0.1', port: 6380 }] },
    ],
    [
      'rediss://app:secret@redis.example:6379',
      {
        ...plain,
        tls: true,
        username: 'app',
        password: 'secret',
        hosts: [{ host: 'redis.example', port: 6379 }],
      },
    ],
    ['redis://[::1]:7000', { ...plain, hosts: [{ host: '::1', port: 7000 }] }],
    [
      'redis+sentinel://app:secret@a:26379,b/mymaster/2?sentinelUsername=s&sentinelPassword=t',
      {
        ...plain,
        kind: 'sentinel',
        username: 'app',
        password: 'secret',
        database: 2,
        master: 'mymaster',
        sentinelUsername: 's',
        sentinelPassword: 't',
        hosts: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26379 },
        ],
      },
    ],
    [
      'rediss+cluster://a:1,b:2,c',
      {
        ...plain,
        kind: 'cluster',
        tls: true,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'c', port: 6379 },
        ],
      },
    ],
  ])('reads %s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://a,b',
    'redis://a:99999',
    'redis://a/x',
    'redis://a/1/2',
    'redis+sentinel://a',
    'redis+cluster://a/1',
    'redis://:100%@a',
  ])('rejects %s with one line', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(RedisUrlUnusable);
    expect(() => parseRedisUrl(url)).toThrow(/^[^\n]+$/);
  });

  it('never shows a password', () => {
    for (const url of [
      'redis://app:hush@a:b',
      'redis://app:hush@',
      'redis://app:hush@a,b',
      'redis://app:hush@a/x',
    ]) {
      expect(() => parseRedisUrl(url)).not.toThrow(/hush/);
    }
    expect(describeAddress(parseRedisUrl('redis+sentinel://app:hush@a,[::1]:1/main'))).toBe(
      'a:26379, [::1]:1 (sentinels of main)',
    );
  });
});
