import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/temporary.ts';
import { describeGenerationStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeGenerationStore(() => openTemporaryMongoStores()));
