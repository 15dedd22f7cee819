import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  sharedMongoUrl,
  silent,
} from '../../mongo/server.testing.ts';
import { openMongoStores } from '../../stores/stores.mongo.ts';
import { faultsOf, newEvent, readChain } from '../events.testing.ts';
import { describeAuditStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeAuditStore(() => openTemporaryMongoStores());

  it('keeps one chain with simultaneous writes of two replicas', async () => {
    const databaseName = freshDatabaseName();
    const one = await openTemporaryMongoStores(databaseName);
    const other = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
    await other.ready();
    const writes = Array.from({ length: 50 }, (_, at) =>
      [one, other].map(({ audit }) => audit.append(Array.from({ length: 1 + (at % 3) }, () => newEvent()))),
    );
    await Promise.all(writes.flat());
    const entries = await readChain(one.audit);
    expect(entries).toHaveLength(2 * (17 + 2 * 17 + 3 * 16));
    expect(faultsOf(entries, await one.audit.anchor())).toEqual([]);
    await other.close();
    await one.close();
  });
});
