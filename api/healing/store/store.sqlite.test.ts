import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeHealingStore } from './store.contract.ts';

describe('on SQLite', () => describeHealingStore(openTemporaryStores));
