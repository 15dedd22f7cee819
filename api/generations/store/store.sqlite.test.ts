import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeGenerationStore } from './store.contract.ts';

describe('on SQLite', () => describeGenerationStore(openTemporaryStores));
