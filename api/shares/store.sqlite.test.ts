import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { describeShareStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeShareStore(openTemporaryStores);
});
