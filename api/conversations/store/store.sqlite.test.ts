import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';
import { describeTemporaryConversations } from './temporary.contract.ts';

describe('on SQLite', () => {
  describeConversationStore(openTemporaryStores);
  describeTemporaryConversations(openTemporaryStores);
  describeTurns(openTemporaryStores);
});
