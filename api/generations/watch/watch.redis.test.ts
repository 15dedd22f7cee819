import { createIds } from '../../process/ids.ts';
import { abortOnReturn } from '../../realtime/abortOnReturn.ts';
import { createRedisBus } from '../../realtime/bus.redis.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  type OwnRedis,
  openReplicas,
  silent,
} from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { writeGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Generation } from '../generation.ts';
import { createRedisJournal } from '../journal/journal.redis.ts';
import { createBullmqQueue } from '../queue/queue.bullmq.ts';
import { createAutosave } from '../run/output/autosave.ts';
import { createOutput } from '../run/output/output.ts';
import { watchGeneration } from './watch.ts';

describeWithOwnRedis('an answer that streams while Redis is killed', () => {
  const ids = createIds();
  const ownerId = ids.next();
  let stores: Stores;
  let server: OwnRedis;
  let replicas: ReturnType<typeof openReplicas>;

  const open = async (...options: readonly string[]) => {
    stores = await openTemporaryStores();
    server = await createOwnRedis(...options);
    await server.start();
    replicas = openReplicas('', server.url);
  };
  afterEach(async () => {
    await replicas.close();
    await server.remove();
    await stores.close();
  });

  const insert = (): Promise<Generation> =>
    writeGeneration(stores, { ownerId, status: 'RUNNING', startedAt: new Date() });

  /** A reader on another replica, which applies events like a client: cut at `offset`, append `delta`. */
  const read = async (id: string, after: (text: string) => void): Promise<string> => {
    const redis = replicas.replica();
    const queue = createBullmqQueue({
      redis,
      bus: createRedisBus(redis),
      log: silent,
      globalSlots: () => null,
    });
    const events = abortOnReturn((signal) =>
      watchGeneration(
        { ...stores, journal: createRedisJournal(redis), queue },
        { ownerId, id, after: 0 },
        signal,
      ),
    );
    let text = '';
    for await (const event of events) {
      text = text.slice(0, event.offset) + event.delta;
      after(text);
    }
    await queue.close();
    return text;
  };

  const stream = async () => {
    const generation = await insert();
    const { id, messageId } = generation;
    const journal = createRedisJournal(replicas.replica());
    await journal.begin(id, { attempt: 1, status: 'RUNNING', text: '', thinking: '' });
    const deps = { ...stores, journal, log: silent, flushMs: 5 };
    const autosave = createAutosave(deps, generation, '');
    const output = createOutput(deps, generation, { text: '', thinking: '' }, autosave);
    const began = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const readers = began.map(({ resolve }) => read(id, (text) => text.length > 20 && resolve()));
    const chunks = Array.from(
      { length: 300 },
      (_, index) => `${index.toString(36)}${index % 7 ? ' ' : '👩‍🚀\n'}`,
    );
    for (const [index, chunk] of chunks.entries()) {
      await output.add({ text: chunk, thinking: '' });
      if (index === 100) {
        await Promise.all(began.map(({ promise }) => promise));
        await server.kill();
      }
      if (index === 200) await server.start();
    }
    await output.finish();
    const { text } = output.written;
    await autosave.finish(text, { status: 'COMPLETED', finishReason: 'STOP', finishedAt: new Date() });
    await journal.end(id, 1);
    expect(text).toBe(chunks.join(''));
    expect((await stores.messages.find(ownerId, messageId ?? ''))?.content).toBe(text);
    expect(await Promise.all(readers)).toEqual([text, text, text]);
  };

  it('reaches every reader completely', async () => {
    await open();
    await stream();
  }, 30_000);

  it('reaches every reader completely even if Redis loses its data', async () => {
    await open('--appendonly', 'no');
    await stream();
  }, 30_000);
});
