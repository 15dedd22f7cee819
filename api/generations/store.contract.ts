import type { Conversation } from '../conversations/conversation.ts';
import type { PageRequest } from '../pages.ts';
import {
  at,
  backward,
  forward,
  newConversation,
  newGeneration,
  newId,
  type OpenStores,
} from '../stores.contract.ts';
import type { Stores } from '../stores.ts';
import type { ActivityKey, Generation, GenerationPatch, GenerationStatus, TokenUsage } from './generation.ts';

const usage: TokenUsage = {
  promptTokens: 11,
  completionTokens: 22,
  tokensPerSecond: 33.5,
  timeToFirstTokenMs: 44.25,
  durationMs: 55,
};

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
          thinking: 'hm',
          finishReason: 'LENGTH',
          toolCalls: [{ name: 'add', arguments: { $a: 1, 'b.c': [null] } }],
          usage,
          error: { code: 'ENGINE_TIMEOUT', message: 'It was silent for 120 s.' },
          cached: true,
          startedAt: at(5),
          finishedAt: at(6),
        },
      ],
      ['one with a schema', { format: { type: 'object', properties: { a: { type: 'string' } } } }],
      ['one whose usage is unknown in part', { usage: { ...usage, tokensPerSecond: null } }],
    ] satisfies [string, Parameters<typeof newGeneration>[1]][])(
      'gives back a %s generation as it was written',
      async (_, given) => {
        const generation = newGeneration(conversation, given);
        expect(await stores.generations.insert(generation)).toEqual(generation);
        expect(await stores.generations.find(conversation.ownerId, generation.id)).toEqual(generation);
        expect(await stores.generations.findAnyOwner(generation.id)).toEqual(generation);
      },
    );

    it('keeps a prompt outside of conversations until it is taken away', async () => {
      const { ownerId } = conversation;
      const prompt = { messages: [{ role: 'user', content: 'What is this?', images: ['aGk='] }] } as const;
      const given = { ...newGeneration(conversation), conversationId: null, messageId: null, prompt };
      expect(await stores.generations.insert(given)).toEqual(given);
      expect(await stores.generations.find(ownerId, given.id)).toEqual(given);
      const unfinished = await stores.generations.unfinishedAnyOwner();
      expect(unfinished).toContainEqual(given);
      const ended = { status: 'COMPLETED', prompt: null } as const;
      const after = { ...given, ...ended };
      expect(await stores.generations.transition(given.id, ['QUEUED'], ended)).toEqual(after);
      expect(await stores.generations.findAnyOwner(given.id)).toEqual(after);
      expect(await stores.generations.unfinishedOfConversation(ownerId, conversation.id)).toEqual([]);
    });

    it('finds many in the order asked for, with null for those that are not there', async () => {
      const { ownerId } = conversation;
      const [a, b] = [await insert(), await insert()];
      expect(await stores.generations.findMany(ownerId, [b.id, newId(), a.id])).toEqual([b, null, a]);
      expect(await stores.generations.findMany(ownerId, [])).toEqual([]);
      expect(await stores.generations.findAnyOwner(newId())).toBeNull();
    });

    describe('insert', () => {
      it('makes one generation of one key of one owner', async () => {
        const first = await insert({ idempotencyKey: 'key', model: 'first' });
        const again = newGeneration(await sameConversation(), { idempotencyKey: 'key', model: 'second' });
        expect(await stores.generations.insert(again)).toEqual(first);
        expect(await stores.generations.find(again.ownerId, again.id)).toBeNull();
        expect(await stores.generations.findByIdempotencyKey(first.ownerId, 'key')).toEqual(first);
      });

      it('makes one generation where a key comes several times at once', async () => {
        const made = await Promise.all(Array.from({ length: 8 }, () => insert({ idempotencyKey: 'key' })));
        expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      });

      it('returns the one whose id is there already, as it is by now', async () => {
        const generation = await insert();
        await stores.generations.transition(generation.id, ['QUEUED'], { status: 'RUNNING' });
        const now = { ...generation, status: 'RUNNING' };
        expect(await stores.generations.insert({ ...generation, model: 'other' })).toEqual(now);
      });

      it('takes the same key from two owners, and any number without a key', async () => {
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

    describe('unfinished ones', () => {
      it('are found of all owners, oldest first, until they end', async () => {
        const other = newConversation();
        await stores.conversations.insert(other);
        const running = await insert({ createdAt: at(20), status: 'RUNNING' });
        const queued = await insert({ createdAt: at(10) }, other);
        const final = await insert({ createdAt: at(5), status: 'INTERRUPTED' });
        const ours = [running.id, queued.id, final.id];
        const unfinished = async () =>
          (await stores.generations.unfinishedAnyOwner()).filter(({ id }) => ours.includes(id));
        expect(await unfinished()).toEqual([queued, running]);
        await stores.generations.transition(queued.id, ['QUEUED'], { status: 'CANCELLED' });
        expect(await unfinished()).toEqual([running]);
        await stores.generations.transition(final.id, ['INTERRUPTED'], { status: 'QUEUED' });
        expect(await unfinished()).toEqual([{ ...final, status: 'QUEUED' }, running]);
      });

      it('are found of one conversation', async () => {
        const running = await insert({ createdAt: at(20), status: 'RUNNING' });
        const queued = await insert({ createdAt: at(10) });
        await insert({ status: 'COMPLETED' });
        await insert({}, await sameConversation());
        const { ownerId, id } = conversation;
        expect(await stores.generations.unfinishedOfConversation(ownerId, id)).toEqual([queued, running]);
      });
    });

    describe('a transition', () => {
      it('changes what it names and returns the row as it is after', async () => {
        const generation = await insert({ thinking: 'kept' });
        const patches: GenerationPatch[] = [
          { status: 'RUNNING', startedAt: at(5), attempt: 2 },
          {
            status: 'COMPLETED',
            finishReason: 'TOOL_CALLS',
            toolCalls: [{ name: 'add', arguments: { $a: 1 } }],
            usage,
            finishedAt: at(6),
            cached: true,
          },
          {
            status: 'FAILED',
            error: { code: 'INTERNAL', message: 'm' },
            usage: null,
            thinking: null,
            toolCalls: null,
          },
          {},
        ];
        let expected: Generation = generation;
        for (const patch of patches) {
          const from = expected.status;
          expected = { ...expected, ...patch };
          expect(await stores.generations.transition(generation.id, [from], patch)).toEqual(expected);
          expect(await stores.generations.findAnyOwner(generation.id)).toEqual(expected);
        }
      });

      it.each([
        ['another status', ['QUEUED', 'COMPLETED']],
        ['no status', []],
      ] satisfies [string, GenerationStatus[]][])('from %s changes nothing', async (_, from) => {
        const generation = await insert({ status: 'RUNNING' });
        expect(await stores.generations.transition(generation.id, from, { status: 'FAILED' })).toBeNull();
        expect(await stores.generations.transition(generation.id, from, {})).toBeNull();
        expect(await stores.generations.findAnyOwner(generation.id)).toEqual(generation);
      });

      it('of another attempt changes nothing', async () => {
        const { id } = await insert({ status: 'RUNNING', attempt: 2 });
        const { transition } = stores.generations;
        expect(await transition(id, ['RUNNING'], { status: 'FAILED' }, 1)).toBeNull();
        expect(await transition(id, ['RUNNING'], { attempt: 3 }, 2)).toMatchObject({
          attempt: 3,
          status: 'RUNNING',
        });
      });

      it('has null where there is no generation', async () => {
        expect(await stores.generations.transition(newId(), ['QUEUED'], { status: 'RUNNING' })).toBeNull();
      });

      it('is won by one of several at once', async () => {
        const generation = await insert({ status: 'RUNNING' });
        const ends: GenerationStatus[] = ['COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED'];
        const results = await Promise.all(
          ends.map((status) =>
            stores.generations.transition(generation.id, ['QUEUED', 'RUNNING'], { status }),
          ),
        );
        const won = results.filter((result) => result !== null);
        expect(won).toHaveLength(1);
        expect(await stores.generations.findAnyOwner(generation.id)).toEqual(won[0]);
      });
    });

    it('lists and deletes all of one owner, in conversations or not', async () => {
      const { ownerId } = conversation;
      const ids = Array.from({ length: 3 }, () => newId()).sort();
      const [first, second, third] = ids.map((id) => newGeneration(conversation, { id }));
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
      const unfinished = await stores.generations.unfinishedOfOwner(ownerId);
      expect(unfinished.map(({ id }) => id)).toEqual([first.id, third.id]);
      await stores.generations.deleteOfOwner(ownerId);
      expect((await stores.generations.pageOfOwner(ownerId, forward(9))).items).toEqual([]);
      expect(await stores.generations.find(foreign.ownerId, kept.id)).toEqual(kept);
    });

    it('tells of those that wait and run, of all users, and nothing of what is asked', async () => {
      const other = newConversation();
      await stores.conversations.insert(other);
      // Before whatever other suites left, so that they are the oldest.
      const [waits, runs, done] = [
        await insert({ createdAt: new Date(1000), systemPrompt: 'A secret' }),
        await insert({ createdAt: new Date(2000), status: 'RUNNING', startedAt: at(9) }, other),
        await insert({ createdAt: new Date(1500), status: 'COMPLETED' }),
      ];
      const { items } = await stores.generations.activeAnyOwner(forward(2));
      expect(items).toEqual(
        [waits, runs].map(
          ({ id, ownerId, conversationId, model, status, attempt, createdAt, startedAt }) => ({
            id,
            ownerId,
            conversationId,
            model,
            status,
            attempt,
            createdAt,
            startedAt,
          }),
        ),
      );
      const all = await stores.generations.activeAnyOwner(forward(100));
      expect(all.items.map(({ id }) => id)).not.toContain(done.id);
      for (const { id } of [waits, runs]) {
        await stores.generations.transition(id, ['QUEUED', 'RUNNING'], { status: 'CANCELLED' });
      }
    });

    it('pages through those that wait and run both ways, those of one millisecond by their ids', async () => {
      const made = [
        await insert({ createdAt: new Date(1000) }),
        await insert({ createdAt: new Date(1000), status: 'RUNNING' }),
        await insert({ createdAt: new Date(1000) }),
      ].toSorted((one, other) => (one.id < other.id ? -1 : 1));
      made.push(await insert({ createdAt: new Date(2000) }));
      const [a, b, c, d] = made as [Generation, Generation, Generation, Generation];
      const page = async (request: PageRequest<ActivityKey>) => {
        const { items, ...has } = await stores.generations.activeAnyOwner(request);
        return { ids: items.map(({ id }) => id), ...has };
      };
      const [before, after] = [{ hasPreviousPage: true }, { hasNextPage: true }];
      expect(await page(forward(2))).toEqual({ ids: [a.id, b.id], hasPreviousPage: false, ...after });
      expect(await page(forward(2, b))).toEqual({
        ids: [c.id, d.id],
        ...before,
        hasNextPage: expect.any(Boolean),
      });
      expect(await page(forward(2, a, d))).toEqual({ ids: [b.id, c.id], ...before, ...after });
      expect(await page(backward(2, d))).toEqual({ ids: [b.id, c.id], ...before, ...after });
      expect(await page(backward(3, c))).toEqual({ ids: [a.id, b.id], hasPreviousPage: false, ...after });
      // A key holds its place when what it was of has ended.
      const end = (id: string) =>
        stores.generations.transition(id, ['QUEUED', 'RUNNING'], { status: 'CANCELLED' });
      await Promise.all([a, b, c].map(({ id }) => end(id)));
      expect(await page(forward(1, b))).toMatchObject({ ids: [d.id], hasPreviousPage: false });
      await end(d.id);
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

    it('shows nothing of another user', async () => {
      const generation = await insert({ usage, idempotencyKey: 'k' });
      const [stranger, { generations }] = [newId(), stores];
      expect(await generations.find(stranger, generation.id)).toBeNull();
      expect(await generations.findMany(stranger, [generation.id])).toEqual([null]);
      expect(await generations.findByIdempotencyKey(stranger, 'k')).toBeNull();
      expect(await generations.unfinishedOfConversation(stranger, conversation.id)).toEqual([]);
      expect(await generations.usageOfConversation(stranger, conversation.id)).toEqual({
        promptTokens: 0,
        completionTokens: 0,
        durationMs: 0,
      });
    });
  });
}
