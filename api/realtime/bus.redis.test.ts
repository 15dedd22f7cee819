import { z } from 'zod';
import { Failure } from '../errors/failures.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  type OwnRedis,
  openReplicas,
} from '../redis/server.testing.ts';
import { collect, describeBus } from './bus.contract.ts';
import { createRedisBus } from './bus.redis.ts';
import { defineTopic } from './topic.ts';

const topic = defineTopic('test.topic', z.object({ text: z.string() }));

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());

  describeBus('on Redis', async () => createRedisBus(replicas.replica()));

  it('subscribes once per channel for any number of listeners, and unsubscribes after the last', async () => {
    const redis = replicas.replica();
    const bus = createRedisBus(redis);
    const channel = `${redis.prefix}bus:${topic.name}:fan`;
    const subscriptions = async () => {
      const counts = await redis.ask((client) => client.pubsub('NUMSUB', channel));
      return Number(Array.isArray(counts) ? counts[1] : Number.NaN);
    };
    const stops = await Promise.all(
      Array.from({ length: 50 }, () => bus.subscribe(topic, 'fan', collect().listener)),
    );
    expect(await subscriptions()).toBe(1);
    await Promise.all(stops.map((stop) => stop()));
    // UNSUBSCRIBE goes over the other connection: a round trip there shows that Redis has processed it.
    const stop = await bus.subscribe(topic, 'another', collect().listener);
    expect(await subscriptions()).toBe(0);
    await stop();
  });

  it('skips messages that do not have the shape of the topic', async () => {
    const redis = replicas.replica();
    const bus = createRedisBus(redis);
    const reader = collect();
    const stop = await bus.subscribe(topic, 'odd', reader.listener);
    await redis.ask((client) => client.publish(`${redis.prefix}bus:${topic.name}:odd`, '{"txt":1}'));
    await redis.ask((client) => client.publish(`${redis.prefix}bus:${topic.name}:odd`, '{broken'));
    await bus.publish(topic, 'odd', { text: 'fine' });
    await reader.until('fine');
    expect(reader.texts).toEqual(['fine']);
    await stop();
  });
});

describeWithOwnRedis('the bus during an outage of Redis', () => {
  let server: OwnRedis;
  let replicas: ReturnType<typeof openReplicas>;

  beforeAll(async () => {
    server = await createOwnRedis();
    await server.start();
    replicas = openReplicas('', server.url);
  });
  afterAll(async () => {
    await replicas.close();
    await server.remove();
  });

  it('rejects with a code, and tells each listener after the outage that messages may be missing', async () => {
    const [here, there] = [createRedisBus(replicas.replica()), createRedisBus(replicas.replica())];
    const readers = [collect(), collect(), collect()];
    for (const [index, { listener }] of readers.entries()) {
      await here.subscribe(topic, index === 0 ? 'a' : 'b', listener);
    }
    await server.kill();
    const startedAt = performance.now();
    await expect(there.publish(topic, 'a', { text: 'lost' })).rejects.toBeInstanceOf(Failure);
    await expect(here.subscribe(topic, 'c', collect().listener)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(performance.now() - startedAt).toBeLessThan(5000);

    await server.start();
    await Promise.all(readers.map((reader) => reader.until('(missed)')));
    // The other replica may reconnect a moment later.
    await there
      .publish(topic, 'a', { text: 'back' })
      .catch(() => there.publish(topic, 'a', { text: 'back' }));
    await readers[0]?.until('back');
    expect(readers[0]?.texts).toEqual(['(missed)', 'back']);
    expect(here.listenerCount()).toBe(3);
  }, 20_000);

  it('notices a Redis that stops answering on open connections', async () => {
    const bus = createRedisBus(replicas.replica());
    const reader = collect();
    await bus.subscribe(topic, 'hung', reader.listener);
    server.hang();
    const startedAt = performance.now();
    await expect(bus.publish(topic, 'hung', { text: 'lost' })).rejects.toBeInstanceOf(Failure);
    expect(performance.now() - startedAt).toBeLessThan(3500);
    for (;;) {
      const rejected = await bus
        .subscribe(topic, 'late', collect().listener)
        .catch((error: unknown) => error);
      if (!(rejected instanceof Failure)) throw new Error('a hanging Redis has confirmed a subscription');
      // With a cause a single command timed out; without one the connection is known to be lost.
      if (rejected.cause === undefined) break;
    }
    server.wake();
    await reader.until('(missed)');
  }, 20_000);
});
