import { openTemporaryStores } from '../../sqlite/temporary.ts';
import { describeStorageStore } from './storage.contract.ts';

describeStorageStore('on SQLite', openTemporaryStores);
