import { defineScript } from './script.ts';
import { describeWithRedis, openReplicas } from './server.testing.ts';

describeWithRedis('scripts on Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  const echo = (redis: ReturnType<typeof replicas.replica>, name: string, keys: number | 'any') =>
    defineScript(redis, {
      name,
      lua: 'return { #KEYS, KEYS[1], ARGV[1] }',
      keys,
      reply: (answer) => answer,
    });

  it('defined while commands are pending mix up no replies', async () => {
    const redis = replicas.replica();
    await redis.ask((client) => client.ping());
    const early = Array.from({ length: 20 }, (_, index) =>
      redis.ask((client) => client.echo(`early ${index}`)),
    );
    const late = echo(redis, 'late', 1)([`${redis.prefix}key`], ['part']);
    const after = Array.from({ length: 20 }, (_, index) =>
      redis.ask((client) => client.echo(`after ${index}`)),
    );
    expect(await Promise.all(early)).toEqual(Array.from({ length: 20 }, (_, index) => `early ${index}`));
    expect(await Promise.all(after)).toEqual(Array.from({ length: 20 }, (_, index) => `after ${index}`));
    expect(await late).toEqual([1, `${redis.prefix}key`, 'part']);
  });

  it('accept a variable number of keys', async () => {
    const redis = replicas.replica();
    const any = echo(redis, 'any', 'any');
    expect(await any([`${redis.prefix}a`, `${redis.prefix}b`], ['part'])).toEqual([
      2,
      `${redis.prefix}a`,
      'part',
    ]);
    expect(await any([`${redis.prefix}a`], ['other'])).toEqual([1, `${redis.prefix}a`, 'other']);
  });
});
