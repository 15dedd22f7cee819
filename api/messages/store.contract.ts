import type { Conversation } from '../conversations/conversation.ts';
import type { PageRequest } from '../paging/pages.ts';
import {
  at,
  forward,
  newConversation,
  newGeneration,
  newId,
  newMessage,
  type OpenStores,
  write,
} from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import type { Message, NewMessage } from './message.ts';
import { describeLongPaths, type WriteRun } from './path.contract.ts';
import { describeMessageSearch } from './search.contract.ts';
import { describeMessageTree } from './tree.contract.ts';

/** `writeRun` is for stores that are slow to write many messages one by one. */
export function describeMessageStore(open: OpenStores, writeRun?: WriteRun): void {
  describe('a message store', () => {
    let stores: Stores;
    let conversation: Conversation;
    beforeAll(async () => {
      stores = await open();
    });
    beforeEach(async () => {
      conversation = newConversation();
      await stores.conversations.insert(conversation);
    });
    afterAll(() => stores.close());

    const insert = (parent: Message | null, given: Partial<NewMessage> = {}) =>
      write(stores, newMessage(conversation, { parentId: parent?.id ?? null, ...given }));

    const sameOwner = async ({ ownerId }: Conversation) => {
      const other = newConversation({ ownerId });
      await stores.conversations.insert(other);
      return other;
    };

    const insertRun = async (parent: Message | null, length: number) => {
      const run: Message[] = [];
      for (let count = 0; count < length; count += 1) run.push(await insert(run.at(-1) ?? parent));
      return run;
    };

    it('returns a message as it was written, with its position', async () => {
      const given = newMessage(conversation, {
        content: 'Ünïcode 🎉\n\u0000"',
        role: 'ASSISTANT',
        generationId: 'g',
      });
      const message = await write(stores, given);
      expect(message).toEqual({ ...given, depth: 0, branchId: message.branchId });
      expect(await stores.messages.find(conversation.ownerId, given.id)).toEqual(message);
    });

    it('returns the attachments and sources of a message', async () => {
      const source = { number: 1, attachmentId: newId(), passage: 4, start: 10, end: 20, page: null };
      const given = newMessage(conversation, {
        attachments: [{ id: source.attachmentId, omitted: 7 }],
        sources: [source, { ...source, number: 2, page: 3 }],
      });
      await write(stores, given);
      expect(await stores.messages.find(conversation.ownerId, given.id)).toMatchObject({
        attachments: given.attachments,
        sources: given.sources,
      });
      expect(await stores.messages.find(newId(), given.id)).toBeNull();
      expect(await insert(null)).not.toHaveProperty('sources');
    });

    it('finds many in the requested order, with null for absent ones', async () => {
      const [a, b] = [await insert(null), await insert(null)];
      const found = await stores.messages.findMany(conversation.ownerId, [b.id, newId(), a.id]);
      expect(found).toEqual([b, null, a]);
      expect(await stores.messages.findMany(conversation.ownerId, [])).toEqual([]);
    });

    it('keeps a sequence in one branch, with increasing depth', async () => {
      const run = await insertRun(null, 4);
      expect(run.map(({ depth }) => depth)).toEqual([0, 1, 2, 3]);
      expect(new Set(run.map(({ branchId }) => branchId)).size).toBe(1);
    });

    it('starts a branch for a second child, and for a second root', async () => {
      const [root, first] = await insertRun(null, 2);
      if (!root || !first) throw new Error('two were written');
      const second = await insert(root);
      const third = await insert(root);
      const otherRoot = await insert(null);
      expect([second.depth, third.depth, otherRoot.depth]).toEqual([1, 1, 0]);
      expect(first.branchId).toBe(root.branchId);
      expect(new Set([root, second, third, otherRoot].map(({ branchId }) => branchId)).size).toBe(4);
    });

    it('changes nothing when an id is inserted again, and returns the existing message', async () => {
      const root = await insert(null, { content: 'first' });
      const child = await insert(root);
      expect(await insert(null, { id: root.id, content: 'second' })).toEqual(root);
      expect(await insert(root, { id: child.id })).toEqual(child);
      expect(await stores.messages.children(conversation.ownerId, conversation.id, root.id)).toEqual([child]);
    });

    it('writes an id once when it is inserted twice concurrently', async () => {
      const message = newMessage(conversation);
      const [one, other] = await Promise.all([
        stores.messages.insert(message),
        stores.messages.insert(message),
      ]);
      expect(one).toEqual(other);
      expect(await stores.messages.children(conversation.ownerId, conversation.id, null)).toEqual([one]);
    });

    it('makes concurrent inserts under one parent siblings', async () => {
      const root = await insert(null);
      const siblings = await Promise.all(Array.from({ length: 8 }, () => insert(root)));
      expect(siblings.map(({ depth }) => depth)).toEqual(Array(8).fill(1));
      expect(new Set(siblings.map(({ branchId }) => branchId)).size).toBe(8);
      for (const sibling of siblings) {
        const { items } = await stores.messages.path(conversation.ownerId, sibling.id, forward(9));
        expect(items).toEqual([root, sibling]);
      }
    });

    it('returns null if the parent or the conversation is absent', async () => {
      const other = newConversation({ ownerId: conversation.ownerId });
      await stores.conversations.insert(other);
      const root = await insert(null);
      const insertGiven = (given: Partial<NewMessage>) =>
        stores.messages.insert(newMessage(conversation, given));
      expect(await insertGiven({ parentId: newId() })).toBeNull();
      expect(await insertGiven({ conversationId: newId() })).toBeNull();
      expect(await insertGiven({ conversationId: other.id, parentId: root.id })).toBeNull();
      expect(await stores.messages.children(other.ownerId, other.id, null)).toEqual([]);
    });

    it('neither shows, accepts nor changes messages of another user', async () => {
      const otherOwnerId = newId();
      const [root, child] = await insertRun(null, 2);
      if (!root || !child) throw new Error('two were written');
      const nothing = { items: [], hasNextPage: false, hasPreviousPage: false };
      expect(await stores.messages.find(otherOwnerId, root.id)).toBeNull();
      expect(await stores.messages.findMany(otherOwnerId, [root.id])).toEqual([null]);
      expect(await stores.messages.path(otherOwnerId, child.id, forward(10))).toEqual(nothing);
      expect(await stores.messages.children(otherOwnerId, conversation.id, null)).toEqual([]);
      expect(await stores.messages.children(otherOwnerId, conversation.id, root.id)).toEqual([]);
      expect(await stores.messages.newestLeaf(otherOwnerId, root.id)).toBeNull();
      const author = { generationId: 'g', attempt: 1 };
      const answer = await insert(child, { generationId: 'g', content: 'theirs' });
      expect(await stores.messages.setContent(otherOwnerId, answer.id, author, 'mine')).toBe(false);
      expect(await stores.messages.fence(otherOwnerId, answer.id, author)).toBeNull();
      expect(await stores.messages.find(conversation.ownerId, answer.id)).toEqual(answer);
      const intruder = newMessage(conversation, { ownerId: otherOwnerId });
      expect(await stores.messages.insert(intruder)).toBeNull();
      expect(await stores.messages.insert({ ...intruder, parentId: root.id })).toBeNull();
      expect(await stores.messages.find(conversation.ownerId, root.id)).toEqual(root);
      expect(await stores.messages.children(conversation.ownerId, conversation.id, root.id)).toEqual([child]);
    });

    it('loads no more than a page may have, however large the messages are', async () => {
      const { ownerId, id: conversationId } = conversation;
      const content = 'x'.repeat(5_000_000);
      const path = [await insert(null, { content: 'small' })];
      for (let count = 0; count < 5; count += 1) path.push(await insert(path.at(-1) ?? null, { content }));
      const ids = path.map(({ id }) => id);
      const leaf = ids.at(-1) ?? '';
      const pageOf = async (request: PageRequest<number>) => {
        const { items, ...page } = await stores.messages.path(ownerId, leaf, request);
        return { ids: items.map(({ id }) => id), ...page };
      };
      // Five million characters each, of sixteen.
      expect(await pageOf(forward(100))).toEqual({
        ids: ids.slice(0, 5),
        hasNextPage: true,
        hasPreviousPage: false,
      });
      expect(await pageOf({ ...forward(100), direction: 'backward' })).toEqual({
        ids: ids.slice(2),
        hasNextPage: false,
        hasPreviousPage: true,
      });
      expect(await pageOf(forward(100, 4))).toEqual({
        ids: ids.slice(5),
        hasNextPage: false,
        hasPreviousPage: true,
      });
      const some = await stores.messages.ofConversation(ownerId, conversationId, null, 100);
      expect(some.map(({ id }) => id)).toEqual(ids.slice(0, 5));
      const rest = await stores.messages.ofConversation(
        ownerId,
        conversationId,
        some.at(-1)?.id ?? null,
        100,
      );
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(5));
      const tooLarge = { code: 'TOO_COMPLEX' };
      await expect(stores.messages.findMany(ownerId, ids)).rejects.toMatchObject(tooLarge);
      expect(await stores.messages.findMany(ownerId, ids.slice(0, 3))).toHaveLength(3);
      const parent = path[0] ?? null;
      for (let count = 0; count < 4; count += 1) path.push(await insert(parent, { content }));
      await expect(stores.messages.children(ownerId, conversationId, ids[0] ?? '')).rejects.toMatchObject(
        tooLarge,
      );
      // Left in the collection, they make the Java server rewrite up to 45 MB for each further message.
      for (const { id } of path.reverse()) await stores.messages.remove(ownerId, id);
    }, 60_000);

    it('pages through all branches of a conversation', async () => {
      const ids = Array.from({ length: 5 }, () => newId()).sort();
      const written: Message[] = [];
      for (const id of ids) written.push(await insert(written[0] ?? null, { id }));
      await write(stores, newMessage(await sameOwner(conversation)));
      const { ownerId, id: conversationId } = conversation;
      const of = (afterId: string | null, size = 2) =>
        stores.messages.ofConversation(ownerId, conversationId, afterId, size);
      expect(await of(null)).toEqual(written.slice(0, 2));
      expect(await of(ids[1] ?? '', 100)).toEqual(written.slice(2));
      expect(await of(ids[4] ?? '')).toEqual([]);
      expect(await stores.messages.ofConversation(newId(), conversationId, null, 9)).toEqual([]);
      expect(await stores.messages.count(ownerId, conversationId)).toBe(5);
      expect(await stores.messages.count(newId(), conversationId)).toBe(0);
    });

    it('returns parents before their children, for any ids and clocks', async () => {
      const { ownerId, id: conversationId } = conversation;
      const ids = Array.from({ length: 8 }, () => newId())
        .sort()
        .reverse();
      const written: Message[] = [];
      // A question and its answer have the same time, and another replica's clock may be behind.
      for (const [index, id] of ids.entries()) {
        written.push(
          await insert(written.at(-1) ?? null, { id, createdAt: at(index < 4 ? 100 : 100 - index) }),
        );
      }
      const got: Message[] = [];
      for (let after: string | null = null; ; after = got.at(-1)?.id ?? null) {
        const some = await stores.messages.ofConversation(ownerId, conversationId, after, 3);
        got.push(...some);
        if (some.length < 3) break;
      }
      expect(got).toEqual(written);
    });

    describe('the content of an answer', () => {
      const generationId = 'g';
      const by = (attempt: number) => ({ generationId, attempt });
      const answer = () => insert(null, { role: 'ASSISTANT', generationId, content: 'a' });
      const set = ({ ownerId, id }: Message, attempt: number, content: string) =>
        stores.messages.setContent(ownerId, id, by(attempt), content);
      const find = ({ ownerId, id }: Message) => stores.messages.find(ownerId, id);

      it('is replaced by the same attempt and higher ones, but not by lower ones', async () => {
        const message = await answer();
        expect(message.attempt).toBeUndefined();
        expect(await set(message, 1, 'ab')).toBe(true);
        expect(await set(message, 1, 'ab')).toBe(true);
        expect(await find(message)).toEqual({ ...message, content: 'ab', attempt: 1 });
        expect(await set(message, 3, '')).toBe(true);
        expect(await set(message, 2, 'abc')).toBe(false);
        expect(await set(message, 1, 'abcd')).toBe(false);
        expect(await find(message)).toEqual({ ...message, content: '', attempt: 3 });
      });

      it('is fenced before the higher attempt writes', async () => {
        const message = await answer();
        await set(message, 1, 'ab');
        expect(await stores.messages.fence(message.ownerId, message.id, by(2))).toEqual({
          ...message,
          content: 'ab',
          attempt: 1,
        });
        expect(await set(message, 1, 'abc')).toBe(false);
        expect(await stores.messages.fence(message.ownerId, message.id, by(1))).toBeNull();
        expect(await find(message)).toEqual({ ...message, content: 'ab', attempt: 2 });
        expect(await set(message, 2, 'x')).toBe(true);
        expect(await stores.messages.fence(message.ownerId, message.id, by(2))).toMatchObject({
          content: 'x',
          attempt: 2,
        });
      });

      it('is written only by its own generation, into an existing message', async () => {
        const { ownerId } = conversation;
        const [message, question] = [await answer(), await insert(null, { content: 'mine' })];
        const other = { generationId: 'other', attempt: 9 };
        expect(await stores.messages.setContent(ownerId, message.id, other, 'x')).toBe(false);
        expect(await stores.messages.fence(ownerId, message.id, other)).toBeNull();
        expect(await stores.messages.setContent(ownerId, question.id, by(1), 'x')).toBe(false);
        expect(await stores.messages.setContent(ownerId, newId(), by(1), 'x')).toBe(false);
        expect(await stores.messages.fence(ownerId, newId(), by(1))).toBeNull();
        expect(await find(message)).toEqual(message);
        expect(await find(question)).toEqual(question);
      });

      it('is appended to by the attempt that wrote it last, once for each length', async () => {
        const running = await stores.generations.insert(newGeneration(conversation, { status: 'RUNNING' }));
        const by = (attempt: number) => ({ generationId: running.id, attempt });
        const runningAnswer = () =>
          insert(null, { role: 'ASSISTANT', generationId: running.id, content: 'a' });
        const set = ({ ownerId, id }: Message, attempt: number, content: string) =>
          stores.messages.setContent(ownerId, id, by(attempt), content);
        const [first, second] = [await runningAnswer(), await runningAnswer()];
        const append = ({ ownerId, id }: Message, attempt: number, offset: number, delta: string) => ({
          ownerId,
          id,
          author: by(attempt),
          offset,
          delta,
        });
        expect(await stores.messages.appendContents([append(first, 1, 1, 'b')])).toEqual([false]);
        await set(first, 2, 'é$');
        const third = await insert(null, { role: 'ASSISTANT', generationId: running.id, content: '' });
        expect(await stores.messages.appendContents([append(third, 2, 0, 'new')])).toEqual([true]);
        expect(
          await stores.messages.appendContents([append(third, 1, 0, 'old'), append(third, 2, 3, '!')]),
        ).toEqual([false, true]);
        expect(await find(third)).toMatchObject({ content: 'new!', attempt: 2 });
        await set(second, 1, '');
        const both = [append(first, 2, 3, '$x🐎'), append(second, 1, 0, '$$')];
        expect(await stores.messages.appendContents(both)).toEqual([true, true]);
        expect(await stores.messages.appendContents(both)).toEqual([false, false]);
        expect(
          await stores.messages.appendContents(
            [both[0], append(second, 1, 2, '\0!')].flatMap((one) => one ?? []),
          ),
        ).toEqual([false, true]);
        const late = [
          append(first, 1, 9, 'x'),
          append(first, 3, 9, 'x'),
          append(first, 2, 8, 'x'),
          { ...append(first, 2, 9, 'x'), ownerId: newId() },
          { ...append(first, 2, 9, 'x'), author: { generationId: 'other', attempt: 2 } },
          append({ ...first, id: newId() }, 2, 9, 'x'),
        ];
        expect(await stores.messages.appendContents(late)).toEqual(late.map(() => false));
        expect(await find(first)).toMatchObject({ content: 'é$$x🐎', attempt: 2 });
        expect(await find(second)).toMatchObject({ content: '$$\0!', attempt: 1 });
      });

      it('is the text of the highest attempt, for any order of concurrent writes', async () => {
        const message = await answer();
        const attempts = [3, 1, 5, 2, 4, 5, 1];
        await Promise.all(attempts.map((attempt) => set(message, attempt, `by ${attempt}`)));
        expect(await find(message)).toEqual({ ...message, content: 'by 5', attempt: 5 });
      });
    });

    it('keeps the rating of its owner, until it is removed', async () => {
      const { ownerId } = conversation;
      const message = await insert(null);
      expect(await stores.messages.rate(newId(), message.id, 'GOOD')).toBe(false);
      expect(await stores.messages.rate(ownerId, message.id, 'GOOD')).toBe(true);
      expect(await stores.messages.rate(ownerId, message.id, 'BAD')).toBe(true);
      expect(await stores.messages.find(ownerId, message.id)).toEqual({ ...message, rating: 'BAD' });
      await stores.messages.rate(ownerId, message.id, null);
      expect(await stores.messages.find(ownerId, message.id)).toEqual(message);
    });

    it('keeps which answer another version was edited from', async () => {
      const { ownerId } = conversation;
      const question = await insert(null);
      const original = await insert(question, { role: 'ASSISTANT', generationId: 'g', createdAt: at(1) });
      const edited = await insert(question, {
        role: 'ASSISTANT',
        editedFrom: original.id,
        createdAt: at(2),
      });
      expect(edited).toMatchObject({ editedFrom: original.id, parentId: question.id });
      expect(await stores.messages.find(ownerId, edited.id)).toEqual(edited);
      expect(await stores.messages.children(ownerId, conversation.id, question.id)).toEqual([
        original,
        edited,
      ]);
    });

    it('removes a message without children, and reuses its position', async () => {
      const { ownerId } = conversation;
      const [root, child, grandchild] = await insertRun(null, 3);
      if (!root || !child || !grandchild) throw new Error('three were written');
      const sibling = await insert(root);
      expect(await stores.messages.remove(newId(), grandchild.id)).toBe(false);
      expect(await stores.messages.remove(ownerId, child.id)).toBe(false);
      for (const { id } of [grandchild, child, sibling]) {
        expect(await stores.messages.remove(ownerId, id)).toBe(true);
        expect(await stores.messages.remove(ownerId, id)).toBe(false);
        expect(await stores.messages.find(ownerId, id)).toBeNull();
      }
      expect(await stores.messages.newestLeaf(ownerId, root.id)).toBe(root.id);
      const next = await insert(root);
      expect(next.branchId).toBe(root.branchId);
      expect((await stores.messages.path(ownerId, next.id, forward(9))).items).toEqual([root, next]);
    });

    describe('the children', () => {
      const children = (parent: Message | null) =>
        stores.messages.children(conversation.ownerId, conversation.id, parent?.id ?? null);

      it('are oldest first, roots too', async () => {
        const later = await insert(null, { createdAt: at(20) });
        const earlier = await insert(null, { createdAt: at(10) });
        expect(await children(null)).toEqual([earlier, later]);
        const [low = '', high = ''] = [newId(), newId()].sort();
        const second = await insert(later, { id: high, createdAt: at(30) });
        const first = await insert(later, { id: low, createdAt: at(30) });
        expect(await children(later)).toEqual([first, second]);
        expect(await children(earlier)).toEqual([]);
      });

      it('belong to one conversation, at most 100', async () => {
        const root = await insert(null);
        // One after another: concurrent inserts under one parent wait for each other.
        for (let ms = 0; ms < 101; ms += 1) await insert(root, { createdAt: at(ms) });
        const shown = await children(root);
        expect(shown.map(({ createdAt }) => createdAt)).toEqual(
          Array.from({ length: 100 }, (_, ms) => at(ms)),
        );
        const elsewhere = await stores.messages.children(conversation.ownerId, newId(), root.id);
        expect(elsewhere).toEqual([]);
      });
    });
  });
  describeMessageSearch(open);
  describeMessageTree(open);
  describeLongPaths(open, writeRun);
}
