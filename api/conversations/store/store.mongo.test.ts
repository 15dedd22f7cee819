import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';
import { describeTemporaryConversations } from './temporary.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeConversationStore(() => openTemporaryMongoStores());
  describeTemporaryConversations(() => openTemporaryMongoStores());
  describeTurns(() => openTemporaryMongoStores());
});
