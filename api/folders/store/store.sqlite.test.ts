import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeFolderStore } from './store.contract.ts';

describe('on SQLite', () => describeFolderStore(openTemporaryStores));
