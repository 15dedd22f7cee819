import { openTemporaryStores } from '../sqlite/temporary.ts';
import { describeMessageStore } from './store.contract.ts';

describe('on SQLite', () => describeMessageStore(openTemporaryStores));
