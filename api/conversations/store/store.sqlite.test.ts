import { openTemporaryStores } from '../../sqlite/temporary.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';

describe('on SQLite', () => {
  describeConversationStore(openTemporaryStores);
  describeTurns(openTemporaryStores);
});
