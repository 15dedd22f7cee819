import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeDockerRequestStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeDockerRequestStore(() => openTemporaryMongoStores()));
