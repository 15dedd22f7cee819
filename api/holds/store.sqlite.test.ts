import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { describeHoldStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeHoldStore(openTemporaryStores);
});
