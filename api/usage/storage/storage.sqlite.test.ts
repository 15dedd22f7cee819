import { toolUse } from '../../generations/store/store.testing.ts';
import { openTemporaryStores } from '../../sqlite/stores.testing.ts';
import { newConversation, newGeneration } from '../../stores/stores.contract.ts';
import { describeStorageStore } from './storage.contract.ts';

describeStorageStore('on SQLite', openTemporaryStores);

it('counts the calls of tools with each write', async () => {
  const stores = await openTemporaryStores();
  const conversation = newConversation();
  const { ownerId } = conversation;
  await stores.conversations.insert(conversation);
  const counted = async () => {
    const [used] = await stores.storage.usedBy([ownerId]);
    expect(used).toBe(await stores.storage.recount(ownerId));
  };
  const generation = newGeneration(conversation, { status: 'RUNNING', toolUse });
  await stores.generations.insert(generation);
  await counted();
  await stores.generations.transition(generation.id, ['RUNNING'], { toolUse: { ...toolUse, calls: [] } });
  await counted();
  await stores.generations.remove(ownerId, generation.id);
  await counted();
  await stores.close();
});
