import {
  at,
  backward,
  forward,
  newConversation,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';

export function describeMessageSearch(open: OpenStores): void {
  describe('a search of messages', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    it('finds all versions in all conversations, newest first, page by page, and no others', async () => {
      const ownerId = newId();
      const [one, two] = [newConversation({ ownerId }), newConversation({ ownerId, archived: true })];
      const foreign = newConversation();
      for (const conversation of [one, two, foreign]) await stores.conversations.insert(conversation);
      const say = (conversation: typeof one, content: string, ms: number) =>
        write(stores, newMessage(conversation, { content, createdAt: at(ms) }));
      const oldest = await say(one, 'Docker networks', 1);
      const version = await say(one, 'Networks of docker', 2);
      const newest = await say(two, 'dockerised networks', 3);
      await say(one, 'docker only', 4);
      await say(foreign, 'docker networks', 5);

      const search = (page: Parameters<typeof stores.messages.search>[2], words = 'NETW dock') =>
        stores.messages.search(ownerId, words, page);
      const all = await search(forward(10));
      expect(all).toEqual({ items: [newest, version, oldest], hasNextPage: false, hasPreviousPage: false });
      const first = await search(forward(2));
      expect(first).toEqual({ items: [newest, version], hasNextPage: true, hasPreviousPage: false });
      expect(await search(forward(2, version))).toEqual({
        items: [oldest],
        hasNextPage: false,
        hasPreviousPage: true,
      });
      expect((await search(backward(1))).items).toEqual([oldest]);
      for (const words of ['absent', '!?', '']) expect((await search(forward(2), words)).items).toEqual([]);
    });
  });
}
