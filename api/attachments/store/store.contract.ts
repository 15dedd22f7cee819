import { newCollection } from '../../collections/collections.testing.ts';
import { at, forward, newConversation, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Attachment } from '../attachment.ts';
import { newAttachment } from '../attachments.testing.ts';

/** Tests of every attachment store. */
export const describeAttachmentStore = (open: OpenStores): void => {
  describe('an attachment store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Attachment> = {}, text = 'notes') => {
      const attachment = newAttachment(given);
      await stores.attachments.insert(attachment, text);
      return attachment;
    };

    it('returns an attachment and its text as they were written, to its owner only', async () => {
      const text = await insert({ name: 'Ünï "quoted"\n.txt' }, 'a\u2028b 🎉');
      const image = await insert({
        ownerId: text.ownerId,
        format: 'IMAGE',
        mediaType: 'image/png',
        width: 3,
        height: 4,
        pages: 2,
      });
      const { attachments } = stores;
      expect(await attachments.find(text.ownerId, text.id)).toEqual(text);
      expect(await attachments.text(text.ownerId, text.id)).toBe('a\u2028b 🎉');
      expect(await attachments.findMany(text.ownerId, [image.id, newId(), text.id])).toEqual([
        image,
        null,
        text,
      ]);
      const other = newId();
      expect(await attachments.find(other, text.id)).toBeNull();
      expect(await attachments.text(other, text.id)).toBeNull();
      expect(await attachments.findMany(other, [text.id])).toEqual([null]);
      expect(await attachments.delete(other, text.id)).toBeNull();
      await attachments.assign(other, [text.id], newId());
      expect((await attachments.find(text.ownerId, text.id))?.conversationId).toBeNull();
    });

    it('lists the attachments of a user, newest first', async () => {
      const ownerId = newId();
      const [first, second] = [await insert({ ownerId }), await insert({ ownerId, createdAt: at(9) })];
      const page = await stores.attachments.page(ownerId, forward(1));
      expect(page).toEqual({ items: [second], hasNextPage: true, hasPreviousPage: false });
      expect((await stores.attachments.page(ownerId, forward(2, second))).items).toEqual([first]);
    });

    it('keeps an attachment in the first conversation that it is put into, and deletes it with that one', async () => {
      const conversation = newConversation();
      const { ownerId } = conversation;
      await stores.conversations.insert(conversation);
      const attachment = await insert({ ownerId });
      const other = await insert({ ownerId, fileKey: `${ownerId}/other` });
      await stores.attachments.assign(ownerId, [attachment.id], conversation.id);
      await stores.attachments.assign(ownerId, [attachment.id], newId());
      expect(await stores.attachments.fileKeysOfConversation(ownerId, conversation.id)).toEqual([
        attachment.fileKey,
      ]);
      expect(await stores.attachments.fileKeysOfConversation(newId(), conversation.id)).toEqual([]);
      await stores.conversations.delete(ownerId, conversation.id);
      expect(await stores.attachments.find(ownerId, attachment.id)).toBeNull();
      expect(await stores.attachments.text(ownerId, attachment.id)).toBeNull();
      expect(await stores.attachments.find(ownerId, other.id)).toEqual(other);
    });

    it('counts the bytes of attachments as stored, until they are deleted', async () => {
      const attachment = await insert({ storedBytes: 12_345 });
      const { ownerId, id } = attachment;
      expect(await stores.storage.recount(ownerId)).toBe(12_345);
      expect(await stores.attachments.delete(ownerId, id)).toEqual(attachment);
      expect(await stores.attachments.delete(ownerId, id)).toBeNull();
      expect(await stores.storage.recount(ownerId)).toBe(0);
    });

    it('tells which files are in use, and finds what was never sent', async () => {
      const attachment = await insert({ createdAt: at(-1000), fileKey: 'some/file' });
      const sent = await insert({ createdAt: at(-1000), conversationId: newId() });
      expect(await stores.attachments.usedFileKeys(['some/file', 'no/file'])).toEqual(['some/file']);
      const unsent = (await stores.attachments.unsentAnyOwner(at(-999), null)).map(({ id }) => id);
      expect(unsent).toContain(attachment.id);
      expect(unsent).not.toContain(sent.id);
      expect(await stores.attachments.deleteOfOwner(attachment.ownerId)).toEqual(['some/file']);
      expect(await stores.attachments.deleteOfOwner(attachment.ownerId)).toEqual([]);
      expect(await stores.attachments.usedFileKeys(['some/file'])).toEqual([]);
    });

    it('deletes what was never sent, unless it is in a conversation or a collection by then', async () => {
      const { attachments, collections, conversations } = stores;
      const conversation = newConversation();
      const { ownerId } = conversation;
      await conversations.insert(conversation);
      const collection = newCollection({ ownerId });
      await collections.insert(collection, 10);
      const [unsent, sent, collected] = [
        await insert({ ownerId }),
        await insert({ ownerId }),
        await insert({ ownerId }),
      ];
      await attachments.assign(ownerId, [sent.id], conversation.id);
      await collections.addDocuments(ownerId, collection.id, [collected.id], 10);
      expect(await attachments.deleteUnsent(newId(), unsent.id)).toBeNull();
      expect(await attachments.deleteUnsent(ownerId, newId())).toBeNull();
      expect(await attachments.deleteUnsent(ownerId, sent.id)).toBeNull();
      expect(await attachments.deleteUnsent(ownerId, collected.id)).toBeNull();
      expect(await attachments.deleteUnsent(ownerId, unsent.id)).toEqual(unsent);
      expect(await attachments.text(ownerId, unsent.id)).toBeNull();
      expect(await attachments.text(ownerId, sent.id)).toBe('notes');
      expect(await attachments.text(ownerId, collected.id)).toBe('notes');
    });

    it('returns the attachments of a message with it', async () => {
      const conversation = newConversation();
      await stores.conversations.insert(conversation);
      const message = {
        id: newId(),
        conversationId: conversation.id,
        ownerId: conversation.ownerId,
        parentId: null,
        role: 'USER' as const,
        content: 'Look',
        generationId: null,
        createdAt: at(3),
        attachments: [{ id: newId(), omitted: 7 }],
      };
      await stores.messages.insert(message);
      expect(await stores.messages.find(message.ownerId, message.id)).toMatchObject(message);
    });
  });
};
