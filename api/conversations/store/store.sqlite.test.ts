import { iterationsOf } from '../../process/iterations.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { newConversation, newId } from '../../stores/stores.contract.ts';
import { describeTurns } from '../turns.contract.ts';
import { describeConversationStore } from './store.contract.ts';
import { describeTemporaryConversations } from './temporary.contract.ts';

describe('on SQLite', () => {
  describeConversationStore(openTemporaryStores);
  describeTemporaryConversations(openTemporaryStores);
  describeTurns(openTemporaryStores);

  it('lets other work run between two deletions', async () => {
    const stores = await openTemporaryStores();
    try {
      const ownerId = newId();
      const ids = Array.from({ length: 20 }, () => newId());
      for (const id of ids) await stores.conversations.insert(newConversation({ id, ownerId }));
      const deleteAll = async () => {
        for (const [index, id] of ids.entries()) {
          const { conversations } = stores;
          if (index % 2 === 0) await conversations.delete(ownerId, id);
          else await conversations.deleteUnlessHeld(ownerId, id);
        }
      };
      expect(await iterationsOf(deleteAll)).toBeGreaterThanOrEqual(ids.length);
    } finally {
      await stores.close();
    }
  });
});
