import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeAttachmentStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeAttachmentStore(() => openTemporaryMongoStores());
});
