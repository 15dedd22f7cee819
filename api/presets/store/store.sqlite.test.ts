import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describePresetStore } from './store.contract.ts';

describe('on SQLite', () => describePresetStore(openTemporaryStores));
