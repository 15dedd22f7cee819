import { describeWithMongo, openTemporaryMongoStores } from '../mongo/server.testing.ts';
import { describeShareStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeShareStore(() => openTemporaryMongoStores());
});
