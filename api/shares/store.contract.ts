import { at, backward, forward, newConversation, newId, type OpenStores } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Share } from './share.ts';

export function describeShareStore(open: OpenStores): void {
  describe('a share store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const openConversation = async () => {
      const conversation = newConversation();
      await stores.conversations.insert(conversation);
      return conversation;
    };
    const shareOf = (
      { id: conversationId, ownerId }: { readonly id: string; readonly ownerId: string },
      given: Partial<Share> = {},
    ): Share => ({
      id: newId(),
      ownerId,
      conversationId,
      leafId: newId(),
      secretHash: newId(),
      createdAt: at(1),
      expiresAt: at(100),
      ...given,
    });

    it('finds a share by its owner, and by its hash until it expires', async () => {
      const share = shareOf(await openConversation());
      expect(await stores.shares.insert(share, 9)).toBe(true);
      const { id, ownerId, secretHash } = share;
      expect(await stores.shares.find(ownerId, id)).toEqual(share);
      expect(await stores.shares.find(newId(), id)).toBeNull();
      expect(await stores.shares.findByHash(secretHash, at(99))).toEqual(share);
      expect(await stores.shares.findByHash(secretHash, at(100))).toBeNull();
      expect(await stores.shares.findByHash(newId(), at(0))).toBeNull();
    });

    it('lists the owner’s shares, newest first', async () => {
      const conversation = await openConversation();
      const all = [1, 2, 3].map((ms) => shareOf(conversation, { createdAt: at(ms) }));
      for (const share of all) await stores.shares.insert(share, 9);
      const [first, second, third] = all;
      expect((await stores.shares.page(conversation.ownerId, forward(2))).items).toEqual([third, second]);
      expect((await stores.shares.page(conversation.ownerId, backward(1))).items).toEqual([first]);
      expect((await stores.shares.page(newId(), forward(2))).items).toEqual([]);
    });

    it('holds a limit, also for concurrent inserts, without counting expired shares', async () => {
      const conversation = await openConversation();
      const inserts = Array.from({ length: 8 }, () => stores.shares.insert(shareOf(conversation), 3));
      const inserted = (await Promise.all(inserts)).filter((isInserted) => isInserted);
      expect(inserted.length).toBeLessThanOrEqual(3);
      expect(
        await stores.shares.insert(shareOf(conversation, { createdAt: at(200), expiresAt: at(300) }), 1),
      ).toBe(true);
      expect((await stores.shares.page(conversation.ownerId, forward(9))).items).toHaveLength(1);
    });

    it('rejects a share of another user’s conversation, and deletes shares with their conversation', async () => {
      const conversation = await openConversation();
      expect(await stores.shares.insert(shareOf({ ...conversation, ownerId: newId() }), 9)).toBe(false);
      const share = shareOf(conversation);
      await stores.shares.insert(share, 9);
      await stores.conversations.delete(conversation.ownerId, conversation.id);
      expect(await stores.shares.find(share.ownerId, share.id)).toBeNull();
    });

    it('deletes a share of its owner only', async () => {
      const share = shareOf(await openConversation());
      await stores.shares.insert(share, 9);
      expect(await stores.shares.delete(newId(), share.id)).toBe(false);
      expect(await stores.shares.delete(share.ownerId, share.id)).toBe(true);
      expect(await stores.shares.delete(share.ownerId, share.id)).toBe(false);
    });
  });
}
