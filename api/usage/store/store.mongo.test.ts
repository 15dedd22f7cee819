import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/temporary.ts';
import { describeUsageStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeUsageStore(() => openTemporaryMongoStores()));
