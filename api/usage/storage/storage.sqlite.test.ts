import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeStorageStore } from './storage.contract.ts';

describeStorageStore('on SQLite', openTemporaryStores);
