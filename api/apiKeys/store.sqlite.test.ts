import { openTemporaryStores } from '../sqlite/temporary.ts';
import { describeApiKeyStore } from './store.contract.ts';

describe('on SQLite', () => describeApiKeyStore(openTemporaryStores));
