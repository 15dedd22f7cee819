import { createIds } from '../../process/ids.ts';
import { describeWithRedis, openReplicas } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { writeGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { collect } from '../journal/journal.contract.ts';
import { createRedisJournal } from '../journal/journal.redis.ts';
import { createMemoryQueue } from '../queue/queue.memory.ts';
import { type GenerationEvent, watchGeneration } from './watch.ts';

describeWithRedis('a reader on Redis of a generation whose attempts change', () => {
  const ownerId = createIds().next();
  const replicas = openReplicas();
  let stores: Stores;
  beforeAll(async () => {
    stores = await openTemporaryStores();
  });
  afterAll(async () => {
    await replicas.close();
    await stores.close();
  });

  it('gets the right text although it was suspended during cancels and continuations, with few reads', async () => {
    const generation = await writeGeneration(stores, { ownerId, status: 'RUNNING' });
    const { id, messageId } = generation;
    const [writing, reading] = [replicas.replica(), replicas.replica()].map((redis) =>
      createRedisJournal(redis),
    );
    if (!writing || !reading) throw new Error('unreachable');
    let reads = 0;
    const journal = {
      ...reading,
      read: (of: string) => {
        reads += 1;
        return reading.read(of);
      },
    };
    await writing.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const stop = new AbortController();
    const queue = createMemoryQueue();
    const request = { ownerId, id, after: 0 };
    const reader = watchGeneration({ ...stores, journal, queue }, request, stop.signal);
    await reader.next();

    const received = collect();
    const stopListening = await reading.listen(id, received.listener);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [offset, delta] = [attempt - 1, `${attempt}`];
      await writing.append(id, { attempt, offset, delta, thinkingOffset: 0, thinkingDelta: '' });
      const text = '123'.slice(0, attempt);
      await stores.messages.setContent(ownerId, messageId ?? '', { generationId: id, attempt }, text);
      await stores.generations.transition(id, ['RUNNING'], { status: 'CANCELLED' }, attempt);
      await writing.end(id, attempt);
      await stores.generations.transition(id, ['CANCELLED'], { status: 'RUNNING', attempt: attempt + 1 });
      await writing.begin(id, { attempt: attempt + 1, status: 'RUNNING', text, thinking: '' });
    }
    await received.until('(ended 3)');
    const before = reads;
    expect((await reader.next()).value).toMatchObject({ attempt: 4, offset: 0, delta: '123' });
    const next = reader.next();
    await writing.append(id, { attempt: 4, offset: 3, delta: '4', thinkingOffset: 0, thinkingDelta: '' });
    await received.until('4');
    expect((await next).value as GenerationEvent).toMatchObject({ attempt: 4, offset: 3, delta: '4' });
    // One read for the earlier notifications, and one for those that arrived during it.
    expect(reads - before).toBeLessThanOrEqual(3);
    await reader.return();
    await stopListening();
    expect(reading.listenerCount()).toBe(0);
  });
});
