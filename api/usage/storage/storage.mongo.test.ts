import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/temporary.ts';
import { describeStorageStore } from './storage.contract.ts';

describeWithMongo('on MongoDB', () => describeStorageStore('in documents', () => openTemporaryMongoStores()));
