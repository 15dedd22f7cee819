import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describePresetStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describePresetStore(() => openTemporaryMongoStores()));
