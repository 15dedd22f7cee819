import { openTemporaryStores } from '../../sqlite/temporary.ts';
import { describeLastAdmin } from './lastAdmin.contract.ts';
import { describeAccountStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeAccountStore(openTemporaryStores);
  describeLastAdmin(openTemporaryStores);
});
