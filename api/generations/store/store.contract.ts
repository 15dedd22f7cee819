import type { Conversation } from '../../conversations/conversation.ts';
import type { TimeKey } from '../../paging/pages.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newGeneration,
  newId,
  type OpenStores,
} from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import { type OpenGenerations, toolUse, usage } from './store.testing.ts';
import { describeTransitions } from './store.transitions.contract.ts';
import { describeUnfinished } from './store.unfinished.contract.ts';

export function describeGenerationStore(open: OpenStores): void {
  describe('a generation store', () => {
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

    const insert = (given: Parameters<typeof newGeneration>[1] = {}, of = conversation) =>
      stores.generations.insert(newGeneration(of, given));

    const sameConversation = async () => {
      const other = newConversation({ ownerId: conversation.ownerId });
      await stores.conversations.insert(other);
      return other;
    };

    const opened: OpenGenerations = {
      get stores() {
        return stores;
      },
      get conversation() {
        return conversation;
      },
      insert,
      sameConversation,
    };
    describeUnfinished(opened);
    describeTransitions(opened);

    it.each([
      ['bare', {}],
      [
        'full',
        {
          systemPrompt: 'Be brief.',
          options: { temperature: 0.5, stop: ['\n'] },
          format: 'json',
          status: 'FAILED',
          attempt: 3,
          continuedAttempts: [1, 2],
          thinking: 'hm',
          finishReason: 'LENGTH',
          toolCalls: [{ name: 'add', arguments: { $a: 1, 'b.c': [null] } }],
          toolUse,
          logprobs: [
            { token: '$a.b', logprob: -0.5, bytes: null, top: [{ token: 'c', logprob: -2, bytes: [99] }] },
          ],
          usage,
          error: { code: 'ENGINE_TIMEOUT', message: 'It was silent for 120 s.' },
          cached: true,
          startedAt: at(5),
          finishedAt: at(6),
        },
      ],
      ['schema-bound', { format: { type: 'object', properties: { a: { type: 'string' } } } }],
      ['partly measured', { usage: { ...usage, tokensPerSecond: null } }],
    ] satisfies [string, Parameters<typeof newGeneration>[1]][])(
      'returns a %s generation as it was written',
      async (_, given) => {
        const generation = newGeneration(conversation, given);
        expect(await stores.generations.insert(generation)).toEqual(generation);
        expect(await stores.generations.find(conversation.ownerId, generation.id)).toEqual(generation);
        expect(await stores.generations.findAnyOwner(generation.id)).toEqual(generation);
      },
    );

    it('keeps the prompt of a completion until it is cleared', async () => {
      const { ownerId } = conversation;
      const prompt = { messages: [{ role: 'user', content: 'What is this?', images: ['aGk='] }] } as const;
      const given = { ...newGeneration(conversation), conversationId: null, messageId: null, prompt };
      expect(await stores.generations.insert(given)).toEqual(given);
      expect(await stores.generations.find(ownerId, given.id)).toEqual(given);
      const unfinished = await stores.generations.unfinishedAnyOwner();
      expect(unfinished.map(({ id }) => id)).toContain(given.id);
      expect(await stores.generations.findAnyOwner(given.id)).toEqual(given);
      const ended = { status: 'COMPLETED', prompt: null } as const;
      const after = { ...given, ...ended };
      expect(await stores.generations.transition(given.id, ['QUEUED'], ended)).toEqual(after);
      expect(await stores.generations.findAnyOwner(given.id)).toEqual(after);
      expect(await stores.generations.unfinishedOfConversation(ownerId, conversation.id)).toEqual([]);
    });

    it('finds many in the order of the ids, with null for missing ones', async () => {
      const { ownerId } = conversation;
      const [a, b] = [await insert(), await insert()];
      expect(await stores.generations.findMany(ownerId, [b.id, newId(), a.id])).toEqual([b, null, a]);
      expect(await stores.generations.findMany(ownerId, [])).toEqual([]);
      expect(await stores.generations.findAnyOwner(newId())).toBeNull();
    });

    it('finds many whose prompts are larger than a page together, without their prompts', async () => {
      const content = 'x'.repeat(5 * 1024 * 1024);
      const prompt = { messages: [], kept: { input: [{ role: 'user', content }], fields: {} } } as const;
      const all = [
        await insert({ prompt }),
        await insert({ prompt }),
        await insert({ prompt }),
        await insert({ prompt }),
      ];
      const ids = all.map(({ id }) => id);
      const found = await stores.generations.findMany(conversation.ownerId, ids);
      expect(found).toEqual(all.map((each) => ({ ...each, prompt: null })));
    });

    describe('insert', () => {
      it('stores one generation for one key of an owner', async () => {
        const first = await insert({ idempotencyKey: 'key', model: 'first' });
        const again = newGeneration(await sameConversation(), { idempotencyKey: 'key', model: 'second' });
        expect(await stores.generations.insert(again)).toEqual(first);
        expect(await stores.generations.find(again.ownerId, again.id)).toBeNull();
        expect(await stores.generations.findByIdempotencyKey(first.ownerId, 'key')).toEqual(first);
      });

      it('stores one generation for simultaneous inserts with one key', async () => {
        const made = await Promise.all(Array.from({ length: 8 }, () => insert({ idempotencyKey: 'key' })));
        expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      });

      it('returns the current row if the id exists', async () => {
        const generation = await insert();
        await stores.generations.transition(generation.id, ['QUEUED'], { status: 'RUNNING' });
        const now = { ...generation, status: 'RUNNING' };
        expect(await stores.generations.insert({ ...generation, model: 'other' })).toEqual(now);
      });

      it('accepts the same key of two owners, and any number without a key', async () => {
        const other = newConversation();
        await stores.conversations.insert(other);
        const [mine, theirs] = [
          await insert({ idempotencyKey: 'k' }),
          await insert({ idempotencyKey: 'k' }, other),
        ];
        expect(mine.id).not.toBe(theirs.id);
        expect(await stores.generations.findByIdempotencyKey(other.ownerId, 'k')).toEqual(theirs);
        expect((await insert()).id).not.toBe((await insert()).id);
      });
    });

    it('rejects a generation of a deleted conversation', async () => {
      const generation = newGeneration(conversation);
      await stores.conversations.delete(conversation.ownerId, conversation.id);
      await expect(stores.generations.insert(generation)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await stores.generations.findAnyOwner(generation.id)).toBeNull();
    });

    it('lists and deletes all of one owner, inside and outside of conversations', async () => {
      const { ownerId } = conversation;
      // By time, not by id.
      const ids = Array.from({ length: 3 }, () => newId())
        .sort()
        .reverse();
      const [first, second, third] = ids.map((id, ms) =>
        newGeneration(conversation, { id, createdAt: at(ms) }),
      );
      if (!first || !second || !third) throw new Error('unreachable');
      await stores.generations.insert(first);
      await stores.generations.insert({ ...second, status: 'COMPLETED' });
      const outside = { ...third, conversationId: null, messageId: null, prompt: { messages: [] } };
      await stores.generations.insert(outside);
      const foreign = newConversation();
      await stores.conversations.insert(foreign);
      const kept = await insert({}, foreign);
      const page = await stores.generations.pageOfOwner(ownerId, forward(2));
      expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(page.hasNextPage).toBe(true);
      const rest = await stores.generations.pageOfOwner(ownerId, forward(2, second));
      expect(rest.items.map(({ id }) => id)).toEqual([third.id]);
      expect(rest).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
      const sameTime = await insert({ createdAt: third.createdAt });
      const last = await stores.generations.pageOfOwner(ownerId, backward<TimeKey>(2));
      expect(last.items.map(({ id }) => id)).toEqual([third.id, sameTime.id].sort());
      await stores.generations.remove(newId(), sameTime.id);
      expect(await stores.generations.find(ownerId, sameTime.id)).toEqual(sameTime);
      await stores.generations.remove(ownerId, sameTime.id);
      expect(await stores.generations.find(ownerId, sameTime.id)).toBeNull();
      const unfinished = await stores.generations.unfinishedOfOwner(ownerId);
      expect(unfinished.map(({ id }) => id)).toEqual([first.id, third.id]);
      await stores.generations.deleteOfOwner(ownerId);
      expect((await stores.generations.pageOfOwner(ownerId, forward(9))).items).toEqual([]);
      expect(await stores.generations.find(foreign.ownerId, kept.id)).toEqual(kept);
    });

    it('sums the usage of a conversation', async () => {
      const { ownerId, id } = conversation;
      const nothing = { promptTokens: 0, completionTokens: 0, durationMs: 0 };
      expect(await stores.generations.usageOfConversation(ownerId, id)).toEqual(nothing);
      await insert();
      expect(await stores.generations.usageOfConversation(ownerId, id)).toEqual(nothing);
      await insert({ usage });
      await insert({ usage: { ...usage, durationMs: 0.5, completionTokens: 1 } });
      await insert({ usage }, await sameConversation());
      expect(await stores.generations.usageOfConversation(ownerId, id)).toEqual({
        promptTokens: 22,
        completionTokens: 23,
        durationMs: 55.5,
      });
    });

    it('returns nothing of another user', async () => {
      const generation = await insert({ usage, idempotencyKey: 'k' });
      const [otherOwnerId, { generations }] = [newId(), stores];
      expect(await generations.find(otherOwnerId, generation.id)).toBeNull();
      expect(await generations.findMany(otherOwnerId, [generation.id])).toEqual([null]);
      expect(await generations.findByIdempotencyKey(otherOwnerId, 'k')).toBeNull();
      expect(await generations.unfinishedOfConversation(otherOwnerId, conversation.id)).toEqual([]);
      expect(await generations.usageOfConversation(otherOwnerId, conversation.id)).toEqual({
        promptTokens: 0,
        completionTokens: 0,
        durationMs: 0,
      });
    });
  });
}
