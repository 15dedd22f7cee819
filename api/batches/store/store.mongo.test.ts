import { collectionsOf } from '../../mongo/collections.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../../mongo/server.testing.ts';
import { at, insertMember } from '../../stores/stores.contract.ts';
import { describeBatchStore, newBatch } from './store.contract.ts';
import { mongoBatchStore } from './store.mongo.ts';

describeWithMongo('on MongoDB', () => {
  describeBatchStore(() => openTemporaryMongoStores());

  it.each(['is completed', 'is cancelled'])(
    'counts an input once if its batch %s between the two writes of its result',
    async (how) => {
      const databaseName = freshDatabaseName();
      const stores = await openTemporaryMongoStores(databaseName);
      const batch = newBatch(await insertMember(stores), { total: 1 });
      await stores.batches.insert(batch, { open: 9, kept: 9 });
      await stores.batches.addInputs(batch, 1, [{ key: 'a', json: '{}' }]);
      await stores.batches.begin(batch.id);
      const claimed = await stores.batches.claim(at(10), at(20));
      const outcome = {
        result: null,
        text: 'x',
        error: null,
        model: 'm',
        promptTokens: 5,
        completionTokens: 7,
      };
      await withClient(async (client) => {
        const database = client.db(databaseName);
        const collections = collectionsOf(database);
        const batches = Object.assign(Object.create(collections.batches), {
          async updateOne(...args: Parameters<typeof collections.batches.updateOne>) {
            const { id } = batch;
            if (how === 'is completed') await stores.batches.complete(id, at(12));
            else await stores.batches.end(id, { status: 'CANCELLED', error: null, endedAt: at(12) });
            return collections.batches.updateOne(...args);
          },
        });
        const store = mongoBatchStore((operation) => operation({ ...collections, batches }, database));
        expect(claimed && (await store.finish(claimed.item, outcome, at(11)))).toBe(true);
      });
      expect(await stores.batches.findAnyOwner(batch.id)).toMatchObject({
        status: how === 'is completed' ? 'COMPLETED' : 'CANCELLED',
        completed: 1,
        failed: 0,
        promptTokens: 5,
        completionTokens: 7,
      });
      await stores.close();
    },
  );
});
