import { pino } from 'pino';
import { createRedisJournal } from '../generations/journal/journal.redis.ts';
import { createBullmqQueue } from '../generations/queue/queue.bullmq.ts';
import { createRedisBus } from '../realtime/bus.redis.ts';
import { connectRedis, type RedisConnection } from './connection.ts';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from './server.testing.ts';

describeWithOwnRedis('the connection to Redis', () => {
  let server: OwnRedis;
  let opened: RedisConnection[];

  beforeEach(async () => {
    opened = [];
    const rights = ['on', '>se:cret', '~ziggie:*', '~{ziggie:*', '&ziggie:*', '+@all'];
    server = await createOwnRedis('--user', 'app', ...rights);
    await server.start();
  });
  afterEach(async () => {
    for (const redis of opened) await redis.close();
    await server.remove();
  });

  const connect = (url = server.url, log = silent) => {
    const redis = connectRedis({ url, log });
    opened.push(redis);
    return redis;
  };

  const clients = async (redis: RedisConnection) =>
    String(await redis.ask((client) => client.call('CLIENT', 'LIST')))
      .trim()
      .split('\n').length;

  it('opens two connections for any number of readers, one for the queue and two more for a worker', async () => {
    const redis = connect();
    const journal = createRedisJournal(redis);
    const bus = createRedisBus(redis);
    const queue = createBullmqQueue({ redis, bus, log: silent, globalSlots: () => null });
    const listener = { delta: () => {}, changed: () => {}, ended: () => {} };
    const stops = await Promise.all(
      Array.from({ length: 200 }, (_, index) => journal.listen(`${index % 20}`, listener)),
    );
    await queue.add({ id: 'one', ownerId: 'ann' });
    expect(await clients(redis)).toBe(3);
    const taken = Promise.withResolvers<void>();
    const stop = queue.work(
      async () => taken.resolve(),
      () => 4,
    );
    await taken.promise;
    expect(await clients(redis)).toBe(5);
    await stop();
    for (const leave of stops) await leave();
    await queue.close();
    expect(journal.listenerCount() + bus.listenerCount()).toBe(0);
  }, 20_000);

  it('works as a user with the fewest permissions', async () => {
    const redis = connect(server.url.replace('redis://', 'redis://app:se%3Acret@'));
    const bus = createRedisBus(redis);
    const journal = createRedisJournal(redis);
    const queue = createBullmqQueue({ redis, bus, log: silent, globalSlots: () => 2 });
    await journal.begin('a', { attempt: 1, status: 'QUEUED', text: 'one', thinking: '' });
    expect(await journal.read('a')).toMatchObject({ text: 'one' });
    await queue.add({ id: 'a', ownerId: 'ann' });
    const taken = Promise.withResolvers<string>();
    const stop = queue.work(
      async ({ id }) => taken.resolve(id),
      () => 1,
    );
    expect(await taken.promise).toBe('a');
    await stop();
    await queue.close();
    await expect(redis.ask((client) => client.get('of another service'))).rejects.toThrow(/NOPERM/);
  }, 20_000);

  it('is rejected with a wrong password, and logs that in one line', async () => {
    const lines: string[] = [];
    const logged = Promise.withResolvers<void>();
    const log = pino(
      { level: 'info' },
      {
        write(line) {
          lines.push(line);
          logged.resolve();
        },
      },
    );
    const redis = connect(server.url.replace('redis://', 'redis://app:wrong@'), log);
    await logged.promise;
    await expect(redis.check()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(lines.join('')).toContain('WRONGPASS');
    expect(lines.join('')).not.toContain('wrong@');
    expect(lines).toHaveLength(1);
  });

  it('logs one line when Redis becomes unreachable, and one when it is reachable again', async () => {
    const lines: string[] = [];
    const back = Promise.withResolvers<void>();
    const log = pino(
      { level: 'info' },
      {
        write(line) {
          const { msg } = JSON.parse(line);
          lines.push(msg);
          if (/is reachable again/.test(msg)) back.resolve();
        },
      },
    );
    const redis = connect(server.url, log);
    await redis.ask((client) => client.ping());
    await redis.check();
    await server.kill();
    await expect(redis.ask((client) => client.ping())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(redis.check()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await server.start();
    await back.promise;
    await redis.check();
    const where = `127.0.0.1:${server.port}`;
    expect(lines).toEqual([
      expect.stringMatching(`REDIS_URL: Redis at ${where} is unreachable \\(.+\\), reconnecting`),
      `redis: ${where} is reachable again`,
    ]);
  }, 20_000);
});
