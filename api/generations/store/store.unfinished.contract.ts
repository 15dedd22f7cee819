import type { PageRequest } from '../../paging/pages.ts';
import { at, backward, forward, newConversation } from '../../stores/stores.contract.ts';
import type { ActivityKey, Generation, UnfinishedGeneration } from '../generation.ts';
import type { OpenGenerations } from './store.testing.ts';

/** What the queries return, and nothing else: texts and prompts of many could be gigabytes. */
const partOf = ({ id, ownerId, status, attempt, queuedAt, prompt }: Generation): UnfinishedGeneration => ({
  id,
  ownerId,
  status,
  attempt,
  queuedAt,
  isBackground: prompt?.isBackground ?? false,
});

/** The contract of queries for unfinished generations. Registered within `describeGenerationStore`. */
export function describeUnfinished(opened: OpenGenerations): void {
  const { insert, sameConversation } = opened;
  describe('unfinished generations', () => {
    it('are found of all owners, oldest first, until they end', async () => {
      const { stores } = opened;
      const other = newConversation();
      await stores.conversations.insert(other);
      const running = await insert({ createdAt: at(20), status: 'RUNNING' });
      const prompt = { messages: [{ role: 'user', content: 'a' }], isBackground: true } as const;
      const queued = await insert({ createdAt: at(10), prompt }, other);
      const final = await insert({ createdAt: at(5), status: 'INTERRUPTED' });
      const ours = [running.id, queued.id, final.id];
      const unfinished = async () =>
        (await stores.generations.unfinishedAnyOwner()).filter(({ id }) => ours.includes(id));
      expect(await unfinished()).toEqual([queued, running].map(partOf));
      await stores.generations.transition(queued.id, ['QUEUED'], { status: 'CANCELLED' });
      expect(await unfinished()).toEqual([partOf(running)]);
      await stores.generations.transition(final.id, ['INTERRUPTED'], { status: 'QUEUED' });
      expect(await unfinished()).toEqual([{ ...final, status: 'QUEUED' } as const, running].map(partOf));
      expect(partOf(queued).isBackground).toBe(true);
      expect(await stores.generations.findAnyOwner(queued.id)).toEqual({ ...queued, status: 'CANCELLED' });
    });

    it('are counted for each user, largest number first', async () => {
      const { stores, conversation } = opened;
      const other = newConversation();
      await stores.conversations.insert(other);
      const before = await stores.generations.unfinishedPerOwner(1000);
      const amountOf = (amounts: typeof before, ownerId: string) =>
        amounts.largest.find((each) => each.ownerId === ownerId)?.amount ?? 0;
      for (let count = 0; count < 3; count += 1) await insert({}, other);
      await insert({ status: 'RUNNING' });
      await insert({ status: 'COMPLETED' });
      const after = await stores.generations.unfinishedPerOwner(1000);
      expect(amountOf(after, other.ownerId)).toBe(3);
      expect(amountOf(after, conversation.ownerId)).toBe(amountOf(before, conversation.ownerId) + 1);
      expect(after.total).toBe(before.total + 4);
      const amounts = after.largest.map(({ amount }) => amount);
      expect(amounts).toEqual(amounts.toSorted((one, next) => next - one));
      expect((await stores.generations.unfinishedPerOwner(1)).largest).toHaveLength(1);
    });

    it('say which of the conversations they are in', async () => {
      const { stores, conversation } = opened;
      const [waiting, done, foreign] = [
        await sameConversation(),
        await sameConversation(),
        newConversation(),
      ];
      await stores.conversations.insert(foreign);
      await insert({ status: 'RUNNING' });
      await insert({ status: 'RUNNING' });
      await insert({ status: 'COMPLETED' });
      const queued = await insert({}, waiting);
      await insert({ status: 'FAILED' }, done);
      await insert({}, foreign);
      const ids = [conversation, waiting, done, foreign].map(({ id }) => id);
      const found = () => stores.generations.unfinishedConversations(conversation.ownerId, ids);
      expect([...(await found())].toSorted()).toEqual([conversation.id, waiting.id].toSorted());
      await stores.generations.transition(queued.id, ['QUEUED'], { status: 'CANCELLED' });
      expect([...(await found())]).toEqual([conversation.id]);
      expect((await stores.generations.unfinishedConversations(conversation.ownerId, [])).size).toBe(0);
    });

    it('are found of one conversation', async () => {
      const { stores, conversation } = opened;
      const running = await insert({ createdAt: at(20), status: 'RUNNING' });
      const queued = await insert({ createdAt: at(10) });
      await insert({ status: 'COMPLETED' });
      await insert({}, await sameConversation());
      const { ownerId, id } = conversation;
      const unfinished = await stores.generations.unfinishedOfConversation(ownerId, id);
      expect(unfinished).toEqual([queued, running].map(partOf));
    });
  });

  it('are listed for all users, without their prompts', async () => {
    const { stores } = opened;
    const other = newConversation();
    await stores.conversations.insert(other);
    // Older than the rows of other suites.
    const [waits, activeRuns, done] = [
      await insert({ createdAt: new Date(1000), systemPrompt: 'A secret' }),
      await insert({ createdAt: new Date(2000), status: 'RUNNING', startedAt: at(9) }, other),
      await insert({ createdAt: new Date(1500), status: 'COMPLETED' }),
    ];
    const { items } = await stores.generations.activeAnyOwner(forward(2));
    expect(items).toEqual(
      [waits, activeRuns].map(
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
    for (const { id } of [waits, activeRuns]) {
      await stores.generations.transition(id, ['QUEUED', 'RUNNING'], { status: 'CANCELLED' });
    }
  });

  it('are paged in both directions, by id within one millisecond', async () => {
    const { stores } = opened;
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
    // A page key stays valid when its generation has ended.
    const end = (id: string) =>
      stores.generations.transition(id, ['QUEUED', 'RUNNING'], { status: 'CANCELLED' });
    await Promise.all([a, b, c].map(({ id }) => end(id)));
    expect(await page(forward(1, b))).toMatchObject({ ids: [d.id], hasPreviousPage: false });
    await end(d.id);
  });
}
