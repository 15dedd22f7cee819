import { describeWithMongo, openTemporaryMongoStores } from '../../../mongo/server.testing.ts';
import { describePassageStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describePassageStore(() => openTemporaryMongoStores());
});
