import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeBatchStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeBatchStore(() => openTemporaryMongoStores()));
