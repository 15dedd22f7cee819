import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeAnswerDefaultsStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeAnswerDefaultsStore(() => openTemporaryMongoStores()));
