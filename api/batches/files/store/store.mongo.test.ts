import { describeWithMongo, openTemporaryMongoStores } from '../../../mongo/server.testing.ts';
import { describeBatchFileStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeBatchFileStore(() => openTemporaryMongoStores()));
