import { toolUse } from '../../generations/store/store.testing.ts';
import { newPreset } from '../../presets/store/store.contract.ts';
import {
  at,
  newConversation,
  newGeneration,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { rowBytes } from './storage.ts';

/** Tests of every storage store. */
export const describeStorageStore = (name: string, openStores: OpenStores): void => {
  describe(`stored bytes, ${name}`, () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await openStores();
    });
    afterAll(() => stores.close());

    it('include conversations, messages and generations in UTF-8, until they are deleted', async () => {
      const conversation = newConversation({ title: 'äö', systemPrompt: '漢字' });
      const { ownerId, id } = conversation;
      await stores.conversations.insert(conversation);
      const message = await write(
        stores,
        newMessage(conversation, { role: 'ASSISTANT', generationId: 'g', content: '🚀' }),
      );
      const before = await stores.storage.recount(ownerId);
      expect(before).toBeGreaterThanOrEqual(rowBytes.conversation + rowBytes.message + 4 + 6 + 4);
      expect(before).toBeLessThan(rowBytes.conversation + rowBytes.message + 100);
      await stores.messages.setContent(
        ownerId,
        message.id,
        { generationId: 'g', attempt: 1 },
        'x'.repeat(1004),
      );
      expect(await stores.storage.recount(ownerId)).toBe(before + 1000);
      await stores.generations.insert(
        newGeneration(conversation, { systemPrompt: 'y'.repeat(2000), createdAt: at(3) }),
      );
      expect(await stores.storage.recount(ownerId)).toBeGreaterThanOrEqual(before + 1000 + 2000);
      await stores.conversations.delete(ownerId, id);
      expect(await stores.storage.recount(ownerId)).toBe(0);
      expect(await stores.storage.usedBy([ownerId, newId()])).toEqual([0, 0]);
    });

    it('include the calls of tools of an answer', async () => {
      const conversation = newConversation();
      const { ownerId, id } = conversation;
      await stores.conversations.insert(conversation);
      // A call that has ended keeps its result.
      const running = toolUse.calls.map((call) => ({ ...call, state: 'RUNNING' as const }));
      const open = { ...toolUse, calls: running };
      const generation = newGeneration(conversation, { status: 'RUNNING', toolUse: open });
      await stores.generations.insert(generation);
      const before = await stores.storage.recount(ownerId);
      expect(before).toBeGreaterThan(
        rowBytes.conversation + rowBytes.generation + JSON.stringify(open).length,
      );
      const calls = running.map((call) => ({ ...call, result: call.result + 'x'.repeat(1000) }));
      await stores.generations.transition(generation.id, ['RUNNING'], { toolUse: { ...toolUse, calls } });
      expect(await stores.storage.recount(ownerId)).toBe(before + 1000);
      await stores.conversations.delete(ownerId, id);
      expect(await stores.storage.recount(ownerId)).toBe(0);
    });

    it('include the text of a running answer when it is written, and the prompt of a completion', async () => {
      const conversation = newConversation();
      const { ownerId } = conversation;
      await stores.conversations.insert(conversation);
      const generation = newGeneration(conversation, { status: 'RUNNING' });
      await stores.generations.insert(generation);
      const author = { generationId: generation.id, attempt: 1 };
      const { id } = await write(
        stores,
        newMessage(conversation, { role: 'ASSISTANT', generationId: generation.id, content: '' }),
      );
      await stores.messages.setContent(ownerId, id, author, 'ab');
      const before = await stores.storage.recount(ownerId);
      const delta = 'ö'.repeat(500);
      expect(await stores.messages.appendContents([{ ownerId, id, author, offset: 2, delta }])).toEqual([
        true,
      ]);
      expect(await stores.storage.usedBy([ownerId])).toEqual([before + 1000]);
      expect(await stores.storage.recount(ownerId)).toBe(before + 1000);
      const messages = [{ role: 'user', content: 'x'.repeat(3000) }] as const;
      await stores.generations.insert(newGeneration(conversation, { prompt: { messages } }));
      expect(await stores.storage.recount(ownerId)).toBeGreaterThanOrEqual(before + 1000 + 3000);
    });

    it('include presets with their versions', async () => {
      const ownerId = newId();
      await stores.accounts.insertUser({
        id: ownerId,
        username: `user-${ownerId}`,
        role: 'MEMBER',
        status: 'ACTIVE',
        passwordHash: null,
        identity: null,
        createdAt: at(0),
      });
      const preset = newPreset(ownerId, {}, { description: 'ä'.repeat(100) });
      expect(await stores.presets.insert(preset, 10)).toBeNull();
      const before = await stores.storage.recount(ownerId);
      expect(before).toBe(
        rowBytes.preset + Buffer.byteLength(JSON.stringify(preset.versions)) + Buffer.byteLength('ä') * 100,
      );
      expect(await stores.storage.usedBy([ownerId])).toEqual([before]);
      const [version] = preset.versions;
      if (!version) throw new Error('no version');
      const versions = [version, { ...version, version: 2 }];
      expect(await stores.presets.replace({ ...preset, revision: 2, versions })).toBeNull();
      const added =
        Buffer.byteLength(JSON.stringify(versions)) - Buffer.byteLength(JSON.stringify([version]));
      expect(await stores.storage.recount(ownerId)).toBe(before + added);
      expect(await stores.presets.delete(preset.id)).toBe(true);
      expect(await stores.storage.recount(ownerId)).toBe(0);
    });

    it('are recounted while answers are written', async () => {
      const conversation = newConversation();
      const { ownerId } = conversation;
      await stores.conversations.insert(conversation);
      await stores.storage.recount(ownerId);
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const generation = newGeneration(conversation, { status: 'RUNNING' });
          await stores.generations.insert(generation);
          const author = { generationId: generation.id, attempt: 1 };
          const answer = { role: 'ASSISTANT', generationId: generation.id, content: '' } as const;
          return { ownerId, id: (await write(stores, newMessage(conversation, answer))).id, author };
        }),
      );
      await stores.conversations.insert(newConversation({ ownerId, systemPrompt: 'x'.repeat(500_000) }));
      let isCounted = false;
      const writing = answers.map(async (answer) => {
        for (let offset = 0; !isCounted || offset === 0; offset += 1) {
          await stores.messages.appendContents([{ ...answer, offset, delta: 'a' }]);
        }
      });
      await stores.storage.recount(ownerId);
      isCounted = true;
      await Promise.all(writing);
      const [used = 0] = await stores.storage.usedBy([ownerId]);
      expect(used).toBeGreaterThan(500_000);
      expect(used).toBeLessThan(520_000);
    });

    it('are listed by owner, largest first, with their sum', async () => {
      const before = await stores.storage.largest(1000);
      const [small, large] = [newConversation(), newConversation({ systemPrompt: 'x'.repeat(500_000) })];
      for (const conversation of [small, large]) {
        await stores.conversations.insert(conversation);
        await stores.storage.recount(conversation.ownerId);
      }
      const { largest, total } = await stores.storage.largest(1000);
      const owners = largest.map(({ ownerId }) => ownerId);
      expect(owners.indexOf(large.ownerId)).toBeLessThan(owners.indexOf(small.ownerId));
      const [used = 0] = await stores.storage.usedBy([large.ownerId]);
      expect(largest[owners.indexOf(large.ownerId)]?.amount).toBe(used);
      expect(total).toBeGreaterThanOrEqual(before.total + used);
      expect((await stores.storage.largest(1)).largest).toHaveLength(1);
    });

    it('are forgotten with their owner', async () => {
      const conversation = newConversation();
      const { ownerId } = conversation;
      await stores.conversations.insert(conversation);
      expect(await stores.storage.recount(ownerId)).toBeGreaterThan(0);
      await stores.conversations.delete(ownerId, conversation.id);
      await stores.storage.deleteOfOwner(ownerId);
      await stores.storage.deleteOfOwner(ownerId);
      expect(await stores.storage.usedBy([ownerId])).toEqual([0]);
    });

    it('stay within the limit with simultaneous reservations, and release what was not written', async () => {
      const ownerId = newId();
      const ask = () => stores.storage.reserve(ownerId, 100, 1000);
      const granted = (await Promise.all(Array.from({ length: 30 }, ask))).filter((one) => one !== null);
      expect(granted).toHaveLength(10);
      await granted[0]?.settle(false);
      await granted[0]?.settle(false);
      expect(await stores.storage.reserve(ownerId, 101, 1000)).toBeNull();
      for (const one of granted) await one.settle(false);
      expect(await stores.storage.reserve(ownerId, 1001, 1000)).toBeNull();
      expect(await stores.storage.reserve(ownerId, 1000, 1000)).not.toBeNull();
    });
  });
};
