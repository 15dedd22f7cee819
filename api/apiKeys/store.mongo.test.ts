import { describeWithMongo, openTemporaryMongoStores } from '../mongo/server.testing.ts';
import { describeApiKeyStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeApiKeyStore(() => openTemporaryMongoStores()));
