import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeAttachmentFiles } from './files.contract.ts';

describe('on SQLite and the disk', () => {
  describeAttachmentFiles(openTemporaryStores);
});
