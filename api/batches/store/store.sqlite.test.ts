import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeBatchStore } from './store.contract.ts';

describe('on SQLite', () => describeBatchStore(openTemporaryStores));
