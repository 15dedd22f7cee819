import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeUsageStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeUsageStore(() => openTemporaryMongoStores()));
