import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeHealingStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeHealingStore(() => openTemporaryMongoStores()));
