import { serviceUnavailable } from '../../errors/failures.ts';
import { eventually } from '../../process/eventually.testing.ts';
import { createIds } from '../../process/ids.ts';
import { silent } from '../../redis/server.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { writeGeneration } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { createMemoryJournal } from '../journal/journal.memory.ts';
import { createMemoryQueue } from '../queue/queue.memory.ts';
import type { Queue } from '../queue/queue.ts';
import { createEnqueueRetries, type EnqueueLaterDeps, enqueueNowOrLater } from './enqueue.ts';

describe('enqueueing during an outage of the queue', () => {
  const ownerId = createIds().next();
  let stores: Stores;
  let memoryQueue: Queue;
  let deps: EnqueueLaterDeps;
  let isDown: boolean;

  beforeEach(async () => {
    isDown = true;
    stores = await openTemporaryStores();
    memoryQueue = createMemoryQueue();
    const failIfDown = async () => {
      if (isDown) throw serviceUnavailable('The queue is unavailable.');
    };
    const queue: Queue = {
      ...memoryQueue,
      check: failIfDown,
      add: async (job) => {
        await failIfDown();
        await memoryQueue.add(job);
      },
    };
    deps = {
      ...stores,
      journal: createMemoryJournal(),
      queue,
      enqueueRetries: createEnqueueRetries(),
      log: silent,
    };
  });
  afterEach(async () => {
    await deps.enqueueRetries.close();
    await memoryQueue.close();
    await stores.close();
  });

  const entryStatus = async (id: string) => (await deps.journal.read(id))?.status ?? null;

  it('happens once the queue is back', async () => {
    const generation = await writeGeneration(stores, { ownerId, status: 'QUEUED' }, 'So far');
    const { id } = generation;
    await enqueueNowOrLater(deps, generation);
    expect(await memoryQueue.has(id)).toBe(false);
    isDown = false;
    await eventually(
      () => memoryQueue.has(id),
      (has) => has,
    );
    expect(await deps.journal.read(id)).toMatchObject({ status: 'QUEUED', text: 'So far' });
  });

  it('ends the journal entry instead, if the conversation was deleted', async () => {
    const generation = await writeGeneration(stores, { ownerId, status: 'QUEUED' }, '');
    await enqueueNowOrLater(deps, generation);
    expect(await entryStatus(generation.id)).toBe('QUEUED');
    await stores.conversations.delete(ownerId, generation.conversationId ?? '');
    isDown = false;
    await eventually(
      () => entryStatus(generation.id),
      (status) => status === null,
    );
    expect(await memoryQueue.has(generation.id)).toBe(false);
  });

  it('ends the journal entry though the process stops during the outage, if the conversation was deleted', async () => {
    const kept = await writeGeneration(stores, { ownerId, status: 'QUEUED' }, '');
    const deleted = await writeGeneration(stores, { ownerId, status: 'QUEUED' }, '');
    await enqueueNowOrLater(deps, kept);
    await enqueueNowOrLater(deps, deleted);
    await stores.conversations.delete(ownerId, deleted.conversationId ?? '');
    await deps.enqueueRetries.close();
    expect(await entryStatus(deleted.id)).toBeNull();
    expect(await entryStatus(kept.id)).toBe('QUEUED');
    expect(await memoryQueue.has(kept.id)).toBe(false);
  });

  it('is not tried again after another failure', async () => {
    const generation = await writeGeneration(stores, { ownerId, status: 'QUEUED' }, '');
    const failure = new Error('a bug');
    const failing = { ...deps, queue: { ...deps.queue, add: () => Promise.reject(failure) } };
    await expect(enqueueNowOrLater(failing, generation)).rejects.toBe(failure);
  });
});
