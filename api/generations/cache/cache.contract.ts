import { eventually } from '../../process/eventually.testing.ts';
import type { CachedAnswer, Leader, ResponseCache } from './cache.ts';

const newKey = () => crypto.randomUUID();
const newLeader = (): Leader => ({ id: crypto.randomUUID(), ownerId: crypto.randomUUID() });

const answer: CachedAnswer = {
  text: 'Four \ud83d, \u0000 and "ß" 👩‍🚀.',
  thinking: 'Two and two.',
  finishReason: 'STOP',
  toolCalls: [{ name: 'add', arguments: { terms: [2, 2] } }],
  usage: {
    promptTokens: 5,
    completionTokens: 2,
    tokensPerSecond: 20,
    timeToFirstTokenMs: 10,
    durationMs: 100,
  },
};

/** The contract of every response cache. `ttlMs` is short enough for a test to wait. */
export const describeResponseCache = (
  open: (ttlMs: number) => Promise<{ readonly here: ResponseCache; readonly there: ResponseCache }>,
): void => {
  describe('the response cache', () => {
    let here: ResponseCache;
    let there: ResponseCache;
    beforeAll(async () => {
      ({ here, there } = await open(60_000));
    });

    it('has one leader for a key, whose answer it stores', async () => {
      const [key, first, second] = [newKey(), newLeader(), newLeader()];
      expect(await here.find(key)).toBeNull();
      expect(await here.lead(key, first, false)).toEqual(first);
      expect(await there.lead(key, second, false)).toEqual(first);
      await there.settle(second.id, null);
      expect(await there.lead(key, second, false)).toEqual(first);
      await here.settle(first.id, answer);
      expect(await there.find(key)).toEqual(answer);
      expect(await there.lead(key, second, false)).toEqual(second);
    });

    it('has one leader of many simultaneous candidates', async () => {
      const key = newKey();
      const asked = Array.from({ length: 20 }, newLeader);
      const leaders = await Promise.all(
        asked.map((leader, index) => (index % 2 ? here : there).lead(key, leader, false)),
      );
      expect(new Set(leaders.map(({ id }) => id)).size).toBe(1);
    });

    it('ends the lead of a generation that ended without an answer', async () => {
      const [key, first, second] = [newKey(), newLeader(), newLeader()];
      await here.lead(key, first, false);
      await here.settle(first.id, null);
      expect(await here.find(key)).toBeNull();
      expect(await here.lead(key, second, false)).toEqual(second);
      await there.release(key, first.id);
      expect(await here.lead(key, first, false)).toEqual(second);
      await there.release(key, second.id);
      expect(await here.lead(key, first, false)).toEqual(first);
    });

    it('lets a forced leader replace the stored answer', async () => {
      const [key, first, second] = [newKey(), newLeader(), newLeader()];
      await here.lead(key, first, false);
      await here.settle(first.id, answer);
      expect(await there.lead(key, second, true)).toEqual(second);
      await there.settle(second.id, { ...answer, text: 'Newer.' });
      expect((await here.find(key))?.text).toBe('Newer.');
    });

    it('expires an answer after its TTL', async () => {
      const short = await open(30);
      const [key, leader] = [newKey(), newLeader()];
      await short.here.lead(key, leader, false);
      await short.here.settle(leader.id, answer);
      await eventually(
        () => short.there.find(key),
        (found) => found === null,
      );
    });
  });
};
