import type { Conversation } from '../conversations/conversation.ts';
import type { Generation } from '../generations/generation.ts';
import { collectionsOf } from '../mongo/collections.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  withClient,
} from '../mongo/server.testing.ts';
import { forward, newConversation, newGeneration, newMessage, write } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { indexPendingMessages } from './searchIndex.mongo.ts';

describeWithMongo('the search terms of an answer on MongoDB', () => {
  const databaseName = freshDatabaseName();
  let stores: Stores;
  let conversation: Conversation;
  let generation: Generation & { readonly messageId: string };
  beforeAll(async () => {
    stores = await openTemporaryMongoStores(databaseName);
  });
  beforeEach(async () => {
    conversation = newConversation();
    generation = newGeneration(conversation, { status: 'RUNNING' });
    await stores.conversations.insert(conversation);
    await stores.generations.insert(generation);
    const given = { id: generation.messageId, generationId: generation.id };
    await write(stores, newMessage(conversation, { role: 'ASSISTANT', ...given }));
  });
  afterAll(() => stores.close());

  const save = (text: string) => {
    const author = { generationId: generation.id, attempt: 1 };
    return stores.messages.setContent(conversation.ownerId, generation.messageId, author, text);
  };
  const end = () => stores.generations.transition(generation.id, ['RUNNING'], { status: 'COMPLETED' });
  const find = async (search: string) => {
    const filter = { archived: false, tag: null, search };
    return (await stores.conversations.page(conversation.ownerId, forward(9), filter)).items.length;
  };
  const repair = () => withClient((client) => indexPendingMessages(collectionsOf(client.db(databaseName))));

  it('are not computed at each save while its generation runs', async () => {
    await save('streamed');
    expect(await find('streamed')).toBe(0);
    expect(await repair()).toBe(0);
    await end();
    expect(await find('streamed')).toBe(1);
  });

  it('include appended text, which the end joins with the content', async () => {
    const { ownerId } = conversation;
    const { id: generationId, messageId: id } = generation;
    await save('first');
    const append = { ownerId, id, author: { generationId, attempt: 1 }, offset: 5, delta: ' second' };
    expect(await stores.messages.appendContents([append])).toEqual([true]);
    expect(await stores.messages.find(ownerId, id)).toMatchObject({ content: 'first second' });
    await end();
    expect(await find('second')).toBe(1);
    const stored = await withClient((client) =>
      collectionsOf(client.db(databaseName)).messages.findOne({ _id: id }),
    );
    expect(stored).toMatchObject({ content: 'first second' });
    expect(stored).not.toHaveProperty('tail');
    expect(stored).not.toHaveProperty('bytes');
    expect(await stores.messages.find(ownerId, id)).not.toHaveProperty('bytes');
  });

  it('ignore appended text that a server of an earlier release has replaced', async () => {
    const { ownerId } = conversation;
    const { id: generationId, messageId: id } = generation;
    await save('first');
    const append = { ownerId, id, author: { generationId, attempt: 1 }, offset: 5, delta: ' second' };
    await stores.messages.appendContents([append]);
    await withClient((client) =>
      collectionsOf(client.db(databaseName)).messages.updateOne(
        { _id: id },
        { $set: { content: 'another' } },
      ),
    );
    expect(await stores.messages.find(ownerId, id)).toMatchObject({ content: 'another' });
  });

  it('are the terms of the last text when it is saved while the generation ends', async () => {
    for (let round = 0; round < 20; round += 1) {
      await save(`draft ${round}`);
      await Promise.all([save(`final ${round}`), end()]);
      expect(await find(`final ${round}`)).toBe(1);
      await stores.generations.transition(generation.id, ['COMPLETED'], { status: 'RUNNING' });
    }
  });

  it('are computed by the next start if a crash prevented it', async () => {
    await save('left behind');
    // Writes only the end of the generation, not the index update that follows it.
    await withClient((client) =>
      collectionsOf(client.db(databaseName)).generations.updateOne(
        { _id: generation.id },
        { $set: { status: 'COMPLETED' } },
      ),
    );
    expect(await find('behind')).toBe(0);
    expect(await repair()).toBe(1);
    expect(await find('behind')).toBe(1);
    expect(await repair()).toBe(0);
  });
});
