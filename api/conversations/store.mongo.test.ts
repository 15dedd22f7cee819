import { describeWithMongo, openTemporaryMongoStores } from '../mongo/temporary.ts';
import { describeConversationStore } from './store.contract.ts';

describeWithMongo('on MongoDB', () => describeConversationStore(() => openTemporaryMongoStores()));
