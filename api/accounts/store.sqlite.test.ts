import { openTemporaryStores } from '../sqlite/temporary.ts';
import { describeAccountStore } from './store.contract.ts';

describe('on SQLite', () => describeAccountStore(openTemporaryStores));
