import { openTemporaryStores } from '../../sqlite/temporary.ts';
import { describeGenerationStore } from './store.contract.ts';

describe('on SQLite', () => describeGenerationStore(openTemporaryStores));
