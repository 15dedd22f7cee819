import { createIds } from '../../process/ids.ts';
import {
  createOwnCluster,
  createOwnRedis,
  describeWithOwnRedis,
  describeWithRedis,
  type OwnRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { chunk, collect, describeJournal } from './journal.contract.ts';
import { createRedisJournal } from './journal.redis.ts';
import type { JournalDelta } from './journal.ts';

const ids = createIds();
const running = { attempt: 1, status: 'RUNNING', text: '', thinking: '' } as const;

describeWithRedis('on the shared Redis', () => {
  const replicas = openReplicas();
  afterAll(() => replicas.close());
  const open = () => createRedisJournal(replicas.replica());

  describeJournal('on Redis', async () => open());

  it('is shared by all replicas', async () => {
    const [here, there] = [open(), open()];
    const id = ids.next();
    const reader = collect();
    const stop = await there.listen(id, reader.listener);
    await here.begin(id, running);
    await here.append(id, chunk(0, 'one'));
    expect(await there.append(id, chunk(3, ' two'))).toBe('appended');
    await reader.until(' two');
    expect(await there.read(id)).toEqual({ ...running, text: 'one two' });
    await here.end(id, 1);
    await reader.until('(ended 1)');
    await stop();
  });

  it('keeps every code unit, even if a flush splits a character', async () => {
    const journal = open();
    const id = ids.next();
    const text = 'a\ud83d\ude00\u0000"\\\u2028\ufeff漢\udc00\ud800 end';
    const reader = collect();
    const stop = await journal.listen(id, reader.listener);
    await journal.begin(id, { ...running, thinking: '\udfff' });
    for (const [offset, char] of text.split('').entries()) {
      const delta = { ...chunk(offset, char), thinkingOffset: offset + 1, thinkingDelta: char };
      expect(await journal.append(id, delta)).toBe('appended');
    }
    expect(await journal.read(id)).toEqual({ ...running, text, thinking: `\udfff${text}` });
    await journal.end(id, 1);
    await reader.until('(ended 1)');
    expect(reader.notified.filter((one) => one.length === 1).join('')).toBe(text);
    await stop();
  });

  it('passes one object to all listeners of a replica', async () => {
    const journal = open();
    const id = ids.next();
    await journal.begin(id, running);
    const received: JournalDelta[] = [];
    const readers = [collect(), collect()];
    const stops = [];
    for (const { listener } of readers) {
      const delta = (given: JournalDelta) => {
        received.push(given);
        listener.delta(given);
      };
      stops.push(await journal.listen(id, { ...listener, delta }));
    }
    await journal.append(id, chunk(0, 'one'));
    await Promise.all(readers.map((reader) => reader.until('one')));
    expect(received).toHaveLength(2);
    expect(received[0]).toBe(received[1]);
    for (const stop of stops) await stop();
  });

  it('publishes a change instead of a chunk that is too long', async () => {
    const journal = open();
    const id = ids.next();
    const reader = collect();
    await journal.begin(id, running);
    const stop = await journal.listen(id, reader.listener);
    const text = 'x'.repeat(70_000);
    expect(await journal.append(id, chunk(0, text))).toBe('appended');
    await reader.until('(changed)');
    expect(reader.notified).toEqual(['(changed)']);
    expect((await journal.read(id))?.text).toBe(text);
    await stop();
  });

  it('lets every key expire, and keeps the entry while it is written to', async () => {
    const redis = replicas.replica();
    const journal = createRedisJournal(redis);
    const id = ids.next();
    await journal.begin(id, running);
    const keys = await redis.ask((client) => client.keys(`${redis.prefix}generation:{${id}}*`));
    expect(keys).toHaveLength(3);
    for (const key of keys) await redis.ask((client) => client.pexpire(key, 60_000));
    await journal.append(id, chunk(0, 'one'));
    for (const key of keys) {
      expect(await redis.ask((client) => client.pttl(key))).toBeGreaterThan(50 * 60_000);
    }
  });

  it('treats an entry that lost a key as missing', async () => {
    const redis = replicas.replica();
    const journal = createRedisJournal(redis);
    const id = ids.next();
    await journal.begin(id, running);
    await redis.ask((client) => client.del(`${redis.prefix}generation:{${id}}:text`));
    expect(await journal.read(id)).toBeNull();
    expect(await journal.append(id, chunk(0, 'one'))).toBe('mismatch');
    await journal.restore(id, { ...running, text: 'one' });
    expect(await journal.read(id)).toEqual({ ...running, text: 'one' });
  });

  it('publishes the appends of one tick in one message, to listeners of any of them', async () => {
    const redis = replicas.replica();
    const journal = createRedisJournal(redis);
    const [first = '', second = '', third = ''] = [ids.next(), ids.next(), ids.next()];
    await Promise.all([first, second, third].map((id) => journal.begin(id, running)));
    const readers = [collect(), collect()];
    const stops = [
      await journal.listen(first, readers[0]?.listener ?? collect().listener),
      await journal.listen(third, readers[1]?.listener ?? collect().listener),
    ];
    const messages: unknown[] = [];
    const channel = `${redis.prefix}generations`;
    const stopCounting = await redis.pubSub.subscribe(channel, {
      message: (payload) => messages.push(payload),
      missed() {},
    });
    const outcomes = await Promise.all([
      journal.append(first, chunk(0, 'one')),
      journal.append(second, chunk(3, 'a gap')),
      journal.append(third, chunk(0, 'three')),
    ]);
    expect(outcomes).toEqual(['appended', 'mismatch', 'appended']);
    await Promise.all([readers[0]?.until('one'), readers[1]?.until('three')]);
    expect(messages).toEqual([
      [
        [first, 1, 0, 'one', 0, ''],
        [third, 1, 0, 'three', 0, ''],
      ],
    ]);
    for (const stop of [...stops, ...stops, stopCounting]) await stop();
    expect(journal.listenerCount()).toBe(0);
    const counts = await redis.ask((client) => client.pubsub('NUMSUB', channel));
    expect(counts).toEqual([channel, 0]);
  });

  it('sends the flushes of many generations in one tick in one write', async () => {
    const redis = replicas.replica();
    const journal = createRedisJournal(redis);
    const many = Array.from({ length: 100 }, () => ids.next());
    await Promise.all(many.map((id) => journal.begin(id, running)));
    await journal.append(many[0] ?? '', chunk(0, 'x'));
    // Counts the writes to the socket.
    const { stream } = redis.client as unknown as { stream: { write: (part: unknown) => boolean } };
    const write = stream.write.bind(stream);
    let writes = 0;
    stream.write = (part) => {
      writes += 1;
      return write(part);
    };
    await Promise.all(many.slice(1).map((id) => journal.append(id, chunk(0, 'token'))));
    stream.write = write;
    expect(writes).toBe(1);
  });
});

describeWithOwnRedis('the journal while Redis is down', () => {
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

  it('keeps acknowledged appends through a restart, and makes its readers read again', async () => {
    const journal = createRedisJournal(replicas.replica());
    const id = ids.next();
    await journal.begin(id, running);
    const readers = [collect(), collect()];
    for (const { listener } of readers) await journal.listen(id, listener);
    expect(await journal.append(id, chunk(0, 'told'))).toBe('appended');

    await server.kill();
    const startedAt = performance.now();
    await expect(journal.append(id, chunk(4, ' lost'))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await expect(journal.read(id)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(performance.now() - startedAt).toBeLessThan(7000);

    await server.start();
    await Promise.all(readers.map((reader) => reader.until('(changed)')));
    const read = () => journal.read(id);
    expect((await read().catch(read))?.text).toBe('told');
    expect(await journal.append(id, chunk(4, ' and more'))).toBe('appended');
    await Promise.all(readers.map((reader) => reader.until(' and more')));
  }, 20_000);
});

describeWithOwnRedis('the journal on a Redis Cluster', () => {
  let cluster: OwnRedis;
  let replicas: ReturnType<typeof openReplicas>;

  beforeAll(async () => {
    cluster = await createOwnCluster();
    replicas = openReplicas('', cluster.url);
  }, 20_000);
  afterAll(async () => {
    await replicas.close();
    await cluster.remove();
  });

  describeJournal('on a Redis Cluster', async () => createRedisJournal(replicas.replica()));
});
