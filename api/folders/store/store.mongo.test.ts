import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeFolderStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeFolderStore(() => openTemporaryMongoStores()));
