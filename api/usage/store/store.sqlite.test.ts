import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeUsageStore } from './store.contract.ts';

describe('on SQLite', () => describeUsageStore(openTemporaryStores));
