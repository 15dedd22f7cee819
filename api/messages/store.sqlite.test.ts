import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { describeMessageStore } from './store.contract.ts';

describe('on SQLite', () => describeMessageStore(openTemporaryStores));
