import { openTemporaryStores } from '../sqlite/temporary.ts';
import { describeConversationStore } from './store.contract.ts';
import { describeTurns } from './turns.contract.ts';

describe('on SQLite', () => {
  describeConversationStore(openTemporaryStores);
  describeTurns(openTemporaryStores);
});
