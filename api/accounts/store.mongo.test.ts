import { describeWithMongo, openTemporaryMongoStores } from '../mongo/temporary.ts';
import { describeAccountStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeAccountStore(() => openTemporaryMongoStores()));
