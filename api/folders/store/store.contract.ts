import {
  at,
  backward,
  forward,
  newConversation,
  newId,
  type OpenStores,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { Folder } from '../folder.ts';

export const newFolder = (given: Partial<Folder> = {}): Folder => ({
  id: newId(),
  ownerId: newId(),
  name: 'Work',
  systemPrompt: null,
  collectionIds: [],
  createdAt: at(1),
  ...given,
});

/** Tests of every folder store, and of the folders of conversations. */
export const describeFolderStore = (open: OpenStores): void => {
  describe('a folder store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (given: Partial<Folder> = {}): Promise<Folder> => {
      const folder = newFolder(given);
      expect(await stores.folders.insert(folder, 10)).toBe(true);
      return folder;
    };
    const insertIn = async ({ id: folderId, ownerId }: Folder, given = {}) => {
      const conversation = newConversation({ ownerId, folderId, ...given });
      await stores.conversations.insert(conversation);
      return conversation;
    };
    const listed = async (ownerId: string, folderId?: string | null) => {
      const filter = { archived: false, tag: null, search: null };
      const { items } = await stores.conversations.page(ownerId, forward(10), {
        ...filter,
        ...(folderId !== undefined && { folderId }),
      });
      return items.map(({ id }) => id);
    };

    it('finds, changes and deletes a folder of its owner only', async () => {
      const folder = await insert({ systemPrompt: 'Be brief.' });
      const { id, ownerId } = folder;
      const other = newId();
      expect(await stores.folders.find(ownerId, id)).toEqual(folder);
      expect(await stores.folders.find(other, id)).toBeNull();
      expect(await stores.folders.findMany(ownerId, [newId(), id])).toEqual([null, folder]);
      expect(await stores.folders.findMany(other, [id])).toEqual([null]);
      expect(await stores.folders.update(other, id, { name: 'Mine' })).toBeNull();
      expect(await stores.folders.update(ownerId, id, {})).toEqual(folder);
      const changed = { ...folder, name: 'Home', systemPrompt: null };
      expect(await stores.folders.update(ownerId, id, { name: 'Home', systemPrompt: null })).toEqual(changed);
      expect(await stores.folders.delete(other, id)).toBe(false);
      expect(await stores.folders.delete(ownerId, id)).toBe(true);
      expect(await stores.folders.delete(ownerId, id)).toBe(false);
      expect(await stores.folders.find(ownerId, id)).toBeNull();
    });

    it('lists folders, newest first, and finds the oldest of a name', async () => {
      const ownerId = newId();
      const first = await insert({ ownerId, createdAt: at(1) });
      const second = await insert({ ownerId, createdAt: at(2) });
      const third = await insert({ ownerId, createdAt: at(3), name: 'Home' });
      expect((await stores.folders.page(ownerId, forward(2))).items).toEqual([third, second]);
      expect((await stores.folders.page(ownerId, forward(2, second))).items).toEqual([first]);
      expect((await stores.folders.page(ownerId, backward(1))).items).toEqual([first]);
      expect((await stores.folders.page(newId(), forward(2))).items).toEqual([]);
      expect(await stores.folders.findByName(ownerId, 'Work')).toEqual(first);
      expect(await stores.folders.findByName(ownerId, 'work')).toBeNull();
      expect(await stores.folders.findByName(newId(), 'Work')).toBeNull();
    });

    it('holds the limit, also for simultaneous inserts, and inserts an id once', async () => {
      const ownerId = newId();
      const folder = await insert({ ownerId });
      expect(await stores.folders.insert({ ...folder, name: 'Again' }, 1)).toBe(true);
      expect(await stores.folders.find(ownerId, folder.id)).toEqual(folder);
      await Promise.all(Array.from({ length: 8 }, () => stores.folders.insert(newFolder({ ownerId }), 3)));
      expect((await stores.folders.page(ownerId, forward(10))).items.length).toBeLessThanOrEqual(3);
      expect(await stores.folders.insert(newFolder({ ownerId }), 1)).toBe(false);
    });

    it('lists the conversations of a folder, and those in none', async () => {
      const folder = await insert();
      const { ownerId } = folder;
      const filed = await insertIn(folder);
      const archived = await insertIn(folder, { archived: true });
      const unfiled = newConversation({ ownerId });
      await stores.conversations.insert(unfiled);
      expect(await stores.conversations.find(ownerId, filed.id)).toEqual(filed);
      expect(await listed(ownerId, folder.id)).toEqual([filed.id]);
      expect(await listed(ownerId, null)).toEqual([unfiled.id]);
      expect((await listed(ownerId)).toSorted()).toEqual([filed.id, unfiled.id].toSorted());
      const pinned = await insertIn(folder, { pinned: true });
      const after = { pinned: true, updatedAt: pinned.updatedAt, id: pinned.id };
      const filter = { archived: false, tag: null, search: null, folderId: folder.id };
      const page = await stores.conversations.page(ownerId, forward(5, after), filter);
      expect(page.items.map(({ id }) => id)).toEqual([filed.id]);
      expect(await stores.conversations.update(ownerId, unfiled.id, { folderId: folder.id })).toEqual({
        ...unfiled,
        folderId: folder.id,
      });
      expect(await stores.conversations.update(ownerId, archived.id, { folderId: null })).toEqual({
        ...archived,
        folderId: null,
      });
      expect(await listed(ownerId, null)).toEqual([]);
    });

    it('keeps a deleted folder’s conversations, in no folder', async () => {
      const folder = await insert();
      const { ownerId } = folder;
      const filed = [await insertIn(folder), await insertIn(folder, { archived: true })];
      await stores.folders.delete(ownerId, folder.id);
      for (const conversation of filed) {
        expect(await stores.conversations.find(ownerId, conversation.id)).toEqual({
          ...conversation,
          folderId: null,
        });
      }
      const other = await insert({ ownerId });
      const last = await insertIn(other);
      await stores.folders.deleteOfOwner(ownerId);
      expect((await stores.folders.page(ownerId, forward(10))).items).toEqual([]);
      expect(await stores.conversations.find(ownerId, last.id)).toEqual({ ...last, folderId: null });
    });

    it('puts a conversation into no folder that is absent or another user’s', async () => {
      const foreign = await insert();
      const conversation = newConversation({ folderId: foreign.id });
      const { ownerId, id } = conversation;
      await stores.conversations.insert(conversation);
      expect(await stores.conversations.find(ownerId, id)).toEqual({ ...conversation, folderId: null });
      for (const folderId of [foreign.id, newId()]) {
        const updated = await stores.conversations.update(ownerId, id, { folderId });
        expect(updated).toEqual({ ...conversation, folderId: null });
      }
      expect(await stores.conversations.find(ownerId, id)).toEqual({ ...conversation, folderId: null });
    });

    it('leaves no conversation in a folder that is deleted meanwhile', async () => {
      const folder = await insert();
      const { ownerId } = folder;
      const all = Array.from({ length: 6 }, () => newConversation({ ownerId, folderId: folder.id }));
      const inserting = all.map((conversation) => stores.conversations.insert(conversation));
      await Promise.all([...inserting, stores.folders.delete(ownerId, folder.id)]);
      expect((await listed(ownerId, null)).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
    });

    it('counts folders towards the stored bytes of their owner', async () => {
      const folder = await insert({ name: 'ä', systemPrompt: 'abc' });
      const { ownerId, id } = folder;
      const count = async () => {
        const bytes = await stores.storage.recount(ownerId);
        expect(await stores.storage.usedBy([ownerId])).toEqual([bytes]);
        return bytes;
      };
      expect(await count()).toBe(rowBytes.folder + 2 + 3);
      await stores.folders.update(ownerId, id, { systemPrompt: null });
      expect(await count()).toBe(rowBytes.folder + 2);
      await stores.folders.delete(ownerId, id);
      expect(await count()).toBe(0);
    });
  });
};
