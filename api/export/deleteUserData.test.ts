import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { newId, writeGeneration } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { deleteUserData } from './deleteUserData.ts';

const none = { deleteOfOwner: async () => {} };

describe('deleting the data of a user', () => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await openTemporaryStores();
  });
  afterEach(() => stores.close());

  it('cancels answers that requests from before the deletion start during it, before it deletes them', async () => {
    const ownerId = newId();
    const started: string[] = [];
    const cancelled: string[] = [];
    await deleteUserData(
      {
        ...stores,
        conversations: {
          ...stores.conversations,
          async page(...asked: Parameters<Stores['conversations']['page']>) {
            // A request that was admitted before the deletion writes its turn now.
            if (started.length === 0) started.push((await writeGeneration(stores, { ownerId })).id);
            return stores.conversations.page(...asked);
          },
        },
        attachmentCleanup: none,
        storage: none,
        dockerRequests: none,
        healings: none,
        batches: none,
        batchFiles: none,
        cancel: async (_owner, id) => {
          cancelled.push(id);
          const ended = await stores.generations.transition(id, ['QUEUED'], { status: 'CANCELLED' });
          if (!ended) throw new Error('it was deleted before it was cancelled');
          return ended;
        },
      },
      ownerId,
    );
    expect(cancelled).toEqual(started);
    expect(await stores.generations.findAnyOwner(started[0] ?? '')).toBeNull();
  });
});
