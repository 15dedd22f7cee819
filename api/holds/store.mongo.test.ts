import { describeWithMongo, openTemporaryMongoStores } from '../mongo/server.testing.ts';
import { describeHoldStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeHoldStore(() => openTemporaryMongoStores());
});
