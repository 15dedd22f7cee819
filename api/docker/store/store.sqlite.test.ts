import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeDockerRequestStore } from './store.contract.ts';

describe('on SQLite', () => describeDockerRequestStore(openTemporaryStores));
