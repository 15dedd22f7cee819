import { openTemporaryStores } from '../sqlite/temporary.ts';
import { describeConversationStore } from './store.contract.ts';

describe('on SQLite', () => describeConversationStore(openTemporaryStores));
