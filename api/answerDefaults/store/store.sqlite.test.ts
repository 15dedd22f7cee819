import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeAnswerDefaultsStore } from './store.contract.ts';

describe('on SQLite', () => describeAnswerDefaultsStore(openTemporaryStores));
