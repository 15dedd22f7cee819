import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeLastAdmin } from './lastAdmin.contract.ts';
import { describeAccountStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeAccountStore(() => openTemporaryMongoStores());
  describeLastAdmin(() => openTemporaryMongoStores());
});
