import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeStorageStore } from './storage.contract.ts';

describeWithMongo('on MongoDB', () => describeStorageStore('in documents', () => openTemporaryMongoStores()));
