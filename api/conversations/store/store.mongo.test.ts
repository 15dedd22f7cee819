import { describeWithMongo, openTemporaryMongoStores } from '../../mongo/server.testing.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => {
  describeConversationStore(() => openTemporaryMongoStores());
  describeTurns(() => openTemporaryMongoStores());
});
