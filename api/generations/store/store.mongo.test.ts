import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeGenerationStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeGenerationStore(() => openTemporaryMongoStores()));
