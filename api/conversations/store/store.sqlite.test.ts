import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeConversationStore(openTemporaryStores);
  describeTurns(openTemporaryStores);
});
