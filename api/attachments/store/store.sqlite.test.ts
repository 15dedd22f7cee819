import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeAttachmentStore } from './store.contract.ts';

describe('on SQLite and the disk', () => {
  describeAttachmentStore(openTemporaryStores);
});
