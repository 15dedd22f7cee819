import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeLastAdmin } from './lastAdmin.contract.ts';
import { describeAccountStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeAccountStore(openTemporaryStores);
  describeLastAdmin(openTemporaryStores);
});
