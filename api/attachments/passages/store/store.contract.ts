import { newConversation, newId, type OpenStores } from '../../../stores/stores.contract.ts';
import type { Stores } from '../../../stores/stores.ts';
import { newAttachment } from '../../attachments.testing.ts';
import type { NewPassage } from '../passage.ts';
import { passageTerms } from '../terms.ts';

/** The time of `newAttachment` is long before it. */
const now = new Date(Date.UTC(2027, 0, 1));
const later = (ms: number) => new Date(now.getTime() + ms);

const passage = (number: number, text: string): NewPassage => ({
  number,
  start: number * 100,
  end: number * 100 + text.length,
  page: number + 1,
  heading: number === 0 ? null : `Heading ${number}`,
  terms: passageTerms(text),
});

/** Tests of every passage store. */
export const describePassageStore = (open: OpenStores): void => {
  describe('a passage store', () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    const insert = async (texts: readonly string[] | null, ownerId = newId()) => {
      const attachment = newAttachment({ ownerId });
      await stores.attachments.insert(attachment, 'text');
      if (texts)
        await stores.passages.insert(
          ownerId,
          attachment.id,
          texts.map((text, at) => passage(at, text)),
        );
      return attachment;
    };
    const numbers = (found: readonly { readonly number: number }[]) => found.map(({ number }) => number);
    const vector = (...values: number[]) => Float32Array.from(values);

    it('returns passages as they were stored, once, to their owner only', async () => {
      const { ownerId, id } = await insert(['Eins', 'Zwei', 'Drei']);
      const { passages } = stores;
      expect(await passages.insert(ownerId, id, [passage(0, 'again')])).toBe(true);
      expect(await passages.insert(newId(), id, [passage(0, 'x')])).toBe(false);
      const { terms: _, ...second } = passage(1, 'Zwei');
      expect(await passages.list(ownerId, id, 1, 1)).toEqual([{ attachmentId: id, ...second }]);
      expect(await passages.list(newId(), id, 0, 9)).toEqual([]);
      expect(numbers(await passages.findMany(ownerId, id, [2, 0, 7]))).toEqual([0, 2]);
      expect(await passages.findMany(newId(), id, [0])).toEqual([]);
      expect(await passages.unembedded(newId(), id, 9)).toEqual([]);
      expect(await passages.indexing(ownerId, [newId(), id])).toEqual([
        null,
        { passages: 3, embedded: 0, model: null },
      ]);
      expect(await passages.indexing(newId(), [id])).toEqual([null]);
    });

    it('ranks by rare terms, within the given documents of the owner', async () => {
      const { ownerId, id } = await insert([
        'The harbour is old.',
        'The lighthouse of the harbour was built in 1871.',
        'Nothing else.',
        'A second harbour.',
        'The fourth has "quotes" OR NOT NEAR (harbour)',
      ]);
      const other = await insert(['A lighthouse elsewhere'], ownerId);
      const foreign = await insert(['A lighthouse of another user']);
      const scope = { readerId: ownerId, attachmentIds: [id, foreign.id] };
      const search = (text: string, limit = 9) => stores.passages.matching(scope, passageTerms(text), limit);
      const best = await search('lighthouses in harbours');
      expect(best[0]).toMatchObject({ attachmentId: id, number: 1, page: 2, heading: 'Heading 1' });
      expect(new Set(best.map(({ attachmentId }) => attachmentId))).toEqual(new Set([id]));
      expect(numbers(await search('harbour', 2))).toHaveLength(2);
      expect(await search('zeppelin')).toEqual([]);
      expect(numbers(await search('" OR *'))).toEqual([4]);
      expect(await stores.passages.matching(scope, [], 9)).toEqual([]);
      expect(
        await stores.passages.matching({ readerId: ownerId, attachmentIds: [] }, ['harbour'], 9),
      ).toEqual([]);
      expect(
        await stores.passages.matching({ readerId: newId(), attachmentIds: [id, other.id] }, ['harbour'], 9),
      ).toEqual([]);
    });

    it('ranks by the terms alone, whatever the length of the documents', async () => {
      const texts = Array.from({ length: 30 }, (_, at) =>
        at < 10 ? `Lighthouse ${at}a of the coast.` : `Nothing ${at}a of the kind.`,
      );
      const long = await insert(texts.with(7, 'The lighthouse of the harbour.'));
      const short = await insert(['The harbour of the town.'], long.ownerId);
      const scope = { readerId: long.ownerId, attachmentIds: [short.id, long.id] };
      const found = await stores.passages.matching(scope, passageTerms('lighthouse harbour'), 20);
      expect(found.map(({ attachmentId, number }) => [attachmentId === long.id, number])).toEqual([
        [true, 7],
        [false, 0],
        ...[0, 1, 2, 3, 4, 5, 6, 8, 9].map((number) => [true, number]),
      ]);
    });

    it('ranks by vectors of one model and length', async () => {
      const { ownerId, id } = await insert(['a', 'b', 'c', 'd']);
      const foreign = await insert(['a']);
      const { passages } = stores;
      for (const one of [{ ownerId, id }, foreign]) await passages.begin(one.ownerId, one.id, 'm');
      await passages.embed(foreign.ownerId, foreign.id, 'm', [{ number: 0, vector: vector(1, 0, 0) }]);
      await passages.embed(ownerId, id, 'm', [
        { number: 0, vector: vector(0, 1, 0) },
        { number: 1, vector: vector(1, 0, 0) },
        { number: 2, vector: vector(0.8, 0.6, 0) },
        { number: 3, vector: vector(1, 0) },
      ]);
      const scope = { readerId: ownerId, attachmentIds: [id, foreign.id] };
      const found = await passages.nearest(scope, 'm', vector(1, 0, 0), 9);
      expect(found.map(({ attachmentId, number }) => [attachmentId, number])).toEqual([
        [id, 1],
        [id, 2],
        [id, 0],
      ]);
      expect(numbers(await passages.nearest(scope, 'm', vector(0, 1, 0), 1))).toEqual([0]);
      expect(await passages.nearest(scope, 'another', vector(1, 0, 0), 9)).toEqual([]);
      expect(await passages.nearest({ ...scope, readerId: newId() }, 'm', vector(1, 0, 0), 9)).toEqual([]);
    });

    it('gives each due document to one caller, and again after a while', async () => {
      const { ownerId, id } = await insert(null);
      const image = newAttachment({ format: 'IMAGE', textLength: 0 });
      await stores.attachments.insert(image, '');
      const claims = async (model: string | null, at: Date) => {
        const ids: string[] = [];
        for (;;) {
          const due = await stores.passages.claim(model, at, new Date(at.getTime() + 60_000));
          if (!due) return ids;
          ids.push(due.attachmentId);
        }
      };
      expect(await claims(null, now)).toContain(id);
      expect(await claims(null, now)).toEqual([]);
      const retried = await claims(null, later(60_000));
      expect(retried).toContain(id);
      expect(retried).not.toContain(image.id);
      await stores.passages.insert(ownerId, id, [passage(0, 'a')]);
      await stores.passages.delay(ownerId, id, now);
      expect(await claims(null, now)).toEqual([]);
      await stores.passages.delay(newId(), id, later(1e9));
      expect(await claims('m', now)).toContain(id);
      const empty = await insert([]);
      expect(await claims('m', later(1e9))).not.toContain(empty.id);
    });

    it('continues an interrupted document, and starts it again for another model', async () => {
      const { ownerId, id } = await insert(['a', 'b', 'c']);
      const { passages } = stores;
      const embed = (model: string, ...which: number[]) =>
        passages.embed(
          ownerId,
          id,
          model,
          which.map((number) => ({ number, vector: vector(1, number) })),
        );
      expect(await embed('m', 0)).toBeNull();
      await passages.begin(newId(), id, 'm');
      expect(await embed('m', 0)).toBeNull();
      await passages.begin(ownerId, id, 'm');
      expect(await embed('m', 0, 1)).toEqual({ passages: 3, embedded: 2, model: 'm' });
      await passages.begin(ownerId, id, 'm');
      expect(numbers(await passages.unembedded(ownerId, id, 9))).toEqual([2]);
      expect(await embed('m', 2)).toEqual({ passages: 3, embedded: 3, model: 'm' });
      const claimed = async () => {
        const ids: string[] = [];
        for (let due = await passages.claim('n', now, later(60_000)); due; ) {
          ids.push(due.attachmentId);
          due = await passages.claim('n', now, later(60_000));
        }
        return ids;
      };
      expect(await claimed()).not.toContain(id);
      await passages.requeue('m', now);
      expect(await claimed()).not.toContain(id);
      await passages.requeue('n', now);
      expect(await claimed()).toContain(id);
      await passages.begin(ownerId, id, 'n');
      expect(await embed('m', 0)).toBeNull();
      expect(numbers(await passages.unembedded(ownerId, id, 2))).toEqual([0, 1]);
      expect(
        await passages.nearest({ readerId: ownerId, attachmentIds: [id] }, 'n', vector(1, 0), 9),
      ).toEqual([]);
      expect((await passages.indexing(ownerId, [id]))[0]).toEqual({ passages: 3, embedded: 0, model: 'n' });
    });

    it.each(['alone', 'with its conversation', 'with its owner'])(
      'forgets a document that is deleted %s',
      async (how) => {
        const conversation = newConversation();
        const { ownerId } = conversation;
        await stores.conversations.insert(conversation);
        const { id } = await insert(['unforgettable'], ownerId);
        const kept = await insert(['unforgettable']);
        await stores.attachments.assign(ownerId, [id], conversation.id);
        await stores.passages.begin(ownerId, id, 'm');
        await stores.passages.embed(ownerId, id, 'm', [{ number: 0, vector: vector(1) }]);
        if (how === 'alone') await stores.attachments.delete(ownerId, id);
        else if (how === 'with its owner') await stores.attachments.deleteOfOwner(ownerId);
        else await stores.conversations.delete(ownerId, conversation.id);
        const scope = { readerId: ownerId, attachmentIds: [id] };
        expect(await stores.passages.list(ownerId, id, 0, 9)).toEqual([]);
        expect(await stores.passages.matching(scope, passageTerms('unforgettable'), 9)).toEqual([]);
        expect(await stores.passages.nearest(scope, 'm', vector(1), 9)).toEqual([]);
        expect(await stores.passages.list(kept.ownerId, kept.id, 0, 9)).toHaveLength(1);
      },
    );
  });
};
