import { describeWithMongo, openTemporaryMongoStores } from '../mongo/temporary.ts';
import { describeApiKeyStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeApiKeyStore(() => openTemporaryMongoStores()));
