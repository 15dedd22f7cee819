import { openTemporaryStores } from '../../sqlite/temporary.ts';
import { describeUsageStore } from './store.contract.ts';

describe('on SQLite', () => describeUsageStore(openTemporaryStores));
