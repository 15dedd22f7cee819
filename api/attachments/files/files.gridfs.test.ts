import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeAttachmentFiles } from './files.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeAttachmentFiles(() => openTemporaryMongoStores());
});
