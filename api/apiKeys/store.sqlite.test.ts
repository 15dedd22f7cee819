import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { describeApiKeyStore } from './store.contract.ts';

describe('on SQLite', () => describeApiKeyStore(openTemporaryStores));
