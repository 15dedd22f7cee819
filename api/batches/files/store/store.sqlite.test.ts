import { openTemporaryStores } from '../../../sqlite/stores.testing.ts';
import { describeBatchFileStore } from './store.contract.ts';

describe('on SQLite', () => describeBatchFileStore(openTemporaryStores));
