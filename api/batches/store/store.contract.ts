import { at, forward, insertMember, newId, type OpenStores } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { Batch, BatchInput, BatchInputText, BatchItem, BatchOutcome } from '../batch.ts';
import type { BatchStore, ClaimedItem } from './store.ts';

export const newBatch = (ownerId: string, given: Partial<Batch> = {}): Batch => ({
  id: newId(),
  ownerId,
  apiKeyId: null,
  fingerprint: 'f',
  work: {
    kind: 'PRESET',
    presetId: 'translate',
    version: 1,
    definition: {
      name: 'translate',
      title: 'Translate',
      description: '',
      icon: '',
      tags: [],
      systemPrompt: null,
      template: '{{text}} "数据"',
      variables: [],
      examples: [],
      model: null,
      fallbackModels: [],
      options: {},
      outputSchema: { $defs: { 'a.b': { type: 'object' } }, type: 'object' },
      workflow: null,
    },
  },
  model: null,
  status: 'PREPARING',
  total: 2,
  completed: 0,
  failed: 0,
  estimatedTokens: 100,
  promptTokens: 0,
  completionTokens: 0,
  error: null,
  resumesAt: null,
  servedAt: at(0),
  createdAt: at(1),
  expiresAt: at(1_000_000),
  endedAt: null,
  ...given,
});

const inputsOf = (count: number): readonly BatchInput[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `line-${index + 1}`,
    input: { $text: 'ä', 'a.b': index },
  }));

const textsOf = (inputs: readonly BatchInput[]): readonly BatchInputText[] =>
  inputs.map(({ key, input }) => ({ key, json: JSON.stringify(input) }));

const outcome = (given: Partial<BatchOutcome> = {}): BatchOutcome => ({
  result: { $ok: true },
  text: 'fine',
  error: null,
  model: 'm:1b',
  promptTokens: 5,
  completionTokens: 7,
  ...given,
});

const limits = { open: 10, kept: 100 };
const error = { code: 'QUOTA_EXCEEDED', message: 'Used up.' } as const;

export function describeBatchStore(open: OpenStores): void {
  describe('a store of batches', () => {
    let stores: Stores;
    let store: BatchStore;
    beforeAll(async () => {
      stores = await open();
      store = stores.batches;
    });
    afterAll(() => stores.close());
    // Claims are of any owner.
    const owners: string[] = [];
    afterEach(async () => {
      for (const owner of owners.splice(0)) await store.deleteOfOwner(owner);
    });

    const newOwner = async (): Promise<string> => {
      const id = await insertMember(stores);
      owners.push(id);
      return id;
    };
    const begun = async (ownerId: string, given: Partial<Batch> = {}): Promise<Batch> => {
      const batch = newBatch(ownerId, given);
      expect(await store.insert(batch, limits)).toBe('INSERTED');
      await store.addInputs(batch, 1, textsOf(inputsOf(batch.total)));
      const running = await store.begin(batch.id);
      if (!running) throw new Error('the batch did not begin');
      return running;
    };
    const claim = async (now = at(10), until = at(20)): Promise<ClaimedItem> => {
      const claimed = await store.claim(now, until);
      if (!claimed) throw new Error('nothing was claimed');
      return claimed;
    };
    const itemsOf = async ({ ownerId, id }: Batch): Promise<readonly BatchItem[]> =>
      (await store.items(ownerId, id, null, forward(100))).items;

    it('keeps a batch with its inputs, in their order', async () => {
      const ownerId = await newOwner();
      const batch = newBatch(ownerId, { total: 3, apiKeyId: 'key', model: 'm' });
      expect(await store.insert(batch, limits)).toBe('INSERTED');
      expect(await store.insert(batch, limits)).toBe('DUPLICATE');
      const inputs = inputsOf(3);
      await store.addInputs(batch, 1, textsOf(inputs.slice(0, 2)));
      expect(await store.claim(at(10), at(20))).toBeNull();
      // A repeated request adds those again.
      await store.addInputs(batch, 1, textsOf(inputs));
      expect(await store.begin(batch.id)).toEqual({ ...batch, status: 'RUNNING' });
      expect(await store.begin(batch.id)).toBeNull();
      const items = await itemsOf(batch);
      expect(items.map(({ number, key, input }) => ({ number, key, input }))).toEqual(
        inputs.map((input, index) => ({ number: index + 1, ...input })),
      );
      expect(items[0]).toMatchObject({ status: 'PENDING', attempt: 0, text: '', result: null, error: null });
      const first = await store.items(ownerId, batch.id, null, forward(2));
      expect(first.hasNextPage).toBe(true);
      const last = first.items.at(-1) ?? null;
      const rest = await store.items(ownerId, batch.id, null, forward(2, last));
      expect(rest.items.map(({ key }) => key)).toEqual(['line-3']);
    });

    it('shows batches and inputs to their owner only', async () => {
      const [ann, bob] = [await newOwner(), await newOwner()];
      const batch = await begun(ann);
      const [item] = await itemsOf(batch);
      expect(await store.find(bob, batch.id)).toBeNull();
      expect(await store.findMany(bob, [batch.id])).toEqual([null]);
      expect((await store.items(bob, batch.id, null, forward(9))).items).toEqual([]);
      expect(await store.findItems(bob, [item?.id ?? ''])).toEqual([null]);
      expect((await store.page(bob, forward(9))).items).toEqual([]);
      expect(await store.delete(bob, batch.id)).toBe(false);
      expect(await itemsOf(batch)).toHaveLength(2);
      expect(await store.find(ann, batch.id)).toEqual(batch);
      expect(await store.findItems(ann, ['x', item?.id ?? ''])).toEqual([null, item]);
      expect(await store.findAnyOwner(batch.id)).toEqual(batch);
    });

    it('limits unfinished batches and all batches of an owner', async () => {
      const ownerId = await newOwner();
      const few = { open: 1, kept: 2 };
      const first = newBatch(ownerId);
      expect(await store.insert(first, few)).toBe('INSERTED');
      expect(await store.insert(newBatch(ownerId), few)).toBe('TOO_MANY_OPEN');
      await store.end(first.id, { status: 'CANCELLED', error: null, endedAt: at(5) });
      const second = newBatch(ownerId, { createdAt: at(2) });
      expect(await store.insert(second, few)).toBe('INSERTED');
      expect((await store.openOfOwner(ownerId)).map(({ id }) => id)).toEqual([second.id]);
      await store.end(second.id, { status: 'CANCELLED', error: null, endedAt: at(5) });
      expect(await store.insert(newBatch(ownerId), few)).toBe('FULL');
      const page = await store.page(ownerId, forward(1));
      expect(page.items.map(({ id }) => id)).toEqual([second.id]);
      expect(page.hasNextPage).toBe(true);
    });

    it('gives each input to one of simultaneous claims', async () => {
      const batch = await begun(await newOwner(), { total: 5 });
      const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(at(10), at(20))));
      const numbers = claims.flatMap((one) => one?.item.number ?? []);
      expect(numbers.toSorted()).toEqual([1, 2, 3, 4, 5]);
      expect(claims.find((one) => one !== null)).toMatchObject({
        batch: { id: batch.id },
        item: { status: 'RUNNING', attempt: 1, crashes: 0 },
      });
      expect(await store.startedItems(batch.id)).toHaveLength(5);
    });

    it('serves owners in turn, and of one owner the oldest batch first', async () => {
      const [ann, bob] = [await newOwner(), await newOwner()];
      const first = await begun(ann, { total: 2, createdAt: at(1) });
      const second = await begun(ann, { total: 2, createdAt: at(2) });
      const third = await begun(bob, { total: 2, createdAt: at(3) });
      const order: string[] = [];
      for (let time = 10; time < 16; time += 1) order.push((await claim(at(time), at(90))).batch.id);
      expect(new Set(order.slice(0, 2))).toEqual(new Set([first.id, third.id]));
      expect(new Set(order.slice(2, 4))).toEqual(new Set([first.id, third.id]));
      expect(order.slice(4)).toEqual([second.id, second.id]);
    });

    it('gives an input whose claim has expired to another claim, and fences the first out', async () => {
      await begun(await newOwner(), { total: 1 });
      const { item } = await claim(at(10), at(20));
      expect(await store.claim(at(19), at(30))).toBeNull();
      expect(await store.renew(item, at(25))).toBe(true);
      expect(await store.claim(at(21), at(30))).toBeNull();
      const { item: again } = await claim(at(26), at(40));
      expect(again).toMatchObject({ id: item.id, attempt: 2, crashes: 1 });
      expect(await store.renew(item, at(50))).toBe(false);
      expect(await store.finish(item, outcome({ text: 'late' }), at(27))).toBe(false);
      await store.release(item, at(0), 0);
      expect(await store.claim(at(27), at(40))).toBeNull();
      expect(await store.finish(again, outcome(), at(28))).toBe(true);
      expect(await store.finish(again, outcome({ text: 'twice' }), at(28))).toBe(false);
    });

    it('counts each result once, and completes when all inputs have ended', async () => {
      const ownerId = await newOwner();
      const batch = await begun(ownerId);
      const [one, other] = [await claim(), await claim()];
      expect(await store.finish(one.item, outcome(), at(11))).toBe(true);
      expect(await store.complete(batch.id, at(12))).toBeNull();
      expect(await store.overdueAnyOwner(at(12))).toEqual([]);
      const failure = { code: 'OUTPUT_INVALID', message: 'No.' } as const;
      expect(await store.finish(other.item, outcome({ result: null, error: failure }), at(12))).toBe(true);
      expect(await store.find(ownerId, batch.id)).toMatchObject({
        status: 'RUNNING',
        completed: 1,
        failed: 1,
        promptTokens: 10,
        completionTokens: 14,
      });
      expect((await store.overdueAnyOwner(at(12))).map(({ id }) => id)).toEqual([batch.id]);
      expect(await store.complete(batch.id, at(13))).toMatchObject({
        status: 'COMPLETED',
        completed: 1,
        failed: 1,
        endedAt: at(13),
      });
      expect(await store.complete(batch.id, at(14))).toBeNull();
      const [first, second] = await itemsOf(batch);
      expect(first).toMatchObject({ ...outcome(), status: 'COMPLETED', finishedAt: at(11) });
      expect(second).toMatchObject({ status: 'FAILED', error: failure, text: 'fine', result: null });
      const failed = await store.items(ownerId, batch.id, ['FAILED'], forward(9));
      expect(failed.items.map(({ number }) => number)).toEqual([2]);
    });

    it('returns a released input from its time on, without a crash', async () => {
      await begun(await newOwner(), { total: 1 });
      const { item } = await claim();
      expect(item).toMatchObject({ failures: 0 });
      await store.release(item, at(15), 1);
      expect(await store.claim(at(14), at(30))).toBeNull();
      const { item: again } = await claim(at(15), at(30));
      expect(again).toMatchObject({ attempt: 2, failures: 1, crashes: 0 });
      await store.release(again, at(16), 0);
      expect((await claim(at(16), at(30))).item).toMatchObject({ attempt: 3, failures: 1 });
    });

    it('releases all claims of a process that ended', async () => {
      await begun(await newOwner(), { total: 1 });
      await claim();
      await store.releaseAnyOwner();
      expect((await claim(at(11), at(30))).item).toMatchObject({ attempt: 2, crashes: 1 });
    });

    it('stops when it is cancelled: no input is claimed, and running inputs keep no result', async () => {
      const ownerId = await newOwner();
      const batch = await begun(ownerId, { total: 3 });
      const [done, running] = [await claim(), await claim()];
      await store.finish(done.item, outcome(), at(11));
      const end = { status: 'CANCELLED', error: null, endedAt: at(12) } as const;
      expect(await store.end(batch.id, end)).toMatchObject({
        status: 'CANCELLED',
        endedAt: at(12),
        completed: 1,
      });
      expect(await store.end(batch.id, end)).toBeNull();
      const { id, attempt } = running.item;
      expect(await store.startedItems(batch.id)).toEqual([{ id, ownerId, attempt }]);
      expect(await store.renew(running.item, at(50))).toBe(false);
      expect(await store.finish(running.item, outcome(), at(13))).toBe(false);
      expect(await store.claim(at(90), at(99))).toBeNull();
      expect((await itemsOf(batch)).map(({ status }) => status)).toEqual([
        'COMPLETED',
        'CANCELLED',
        'CANCELLED',
      ]);
      expect(await store.find(ownerId, batch.id)).toMatchObject({ completed: 1, failed: 0 });
    });

    it('waits while it is paused', async () => {
      const ownerId = await newOwner();
      const batch = await begun(ownerId, { total: 1 });
      await store.pause(batch.id, at(50), error);
      expect(await store.find(ownerId, batch.id)).toMatchObject({ resumesAt: at(50), error });
      expect(await store.claim(at(49), at(60))).toBeNull();
      const { batch: resumed } = await claim(at(50), at(60));
      expect(resumed).toMatchObject({ resumesAt: null, error: null });
    });

    it('finds batches that expired, that ended long ago, and that were never prepared', async () => {
      const ownerId = await newOwner();
      const late = await begun(ownerId, { expiresAt: at(100) });
      const ended = await begun(ownerId);
      await store.end(ended.id, { status: 'FAILED', error, endedAt: at(50) });
      const unprepared = newBatch(ownerId, { createdAt: at(40) });
      await store.insert(unprepared, limits);
      expect((await store.overdueAnyOwner(at(99))).map(({ id }) => id)).toEqual([]);
      expect((await store.overdueAnyOwner(at(100))).map(({ id }) => id)).toEqual([late.id]);
      expect(await store.staleAnyOwner(at(50), at(40), null)).toEqual([]);
      const stale = [ended, unprepared].map(({ id }) => ({ id, ownerId }));
      stale.sort((one, other) => (one.id < other.id ? -1 : 1));
      expect(await store.staleAnyOwner(at(51), at(41), null)).toEqual(stale);
      expect(await store.staleAnyOwner(at(51), at(41), stale[0]?.id ?? '')).toEqual(stale.slice(1));
      expect(await store.staleAnyOwner(at(51), at(41), stale[1]?.id ?? '')).toEqual([]);
      expect(await store.countsAnyOwner()).toEqual({ batches: 1, inputs: 2 });
    });

    it('deletes the inputs that were written after their batch was deleted', async () => {
      const ownerId = await newOwner();
      const kept = await begun(ownerId);
      const gone = [newBatch(ownerId), newBatch(ownerId)];
      for (const batch of gone) {
        await store.insert(batch, limits);
        await store.delete(ownerId, batch.id);
        await store.addInputs(batch, 1, textsOf(inputsOf(2)));
        expect(await store.begin(batch.id)).toBeNull();
      }
      expect(await store.delete(ownerId, gone[0]?.id ?? '')).toBe(false);
      await store.deleteOrphansAnyOwner();
      for (const batch of gone) expect(await itemsOf(batch)).toEqual([]);
      expect(await itemsOf(kept)).toHaveLength(2);
    });

    it('counts its bytes towards the storage of the owner, and deletes all', async () => {
      const ownerId = await newOwner();
      const batch = await begun(ownerId);
      const before = await stores.storage.recount(ownerId);
      expect(before).toBeGreaterThan(1600);
      const { item } = await claim();
      await store.finish(item, outcome({ text: 'x'.repeat(1000) }), at(11));
      expect(await stores.storage.recount(ownerId)).toBeGreaterThan(before + 1000);
      expect(await store.delete(ownerId, batch.id)).toBe(true);
      expect(await store.delete(ownerId, batch.id)).toBe(false);
      expect(await store.findItems(ownerId, [item.id])).toEqual([null]);
      expect(await stores.storage.recount(ownerId)).toBe(0);
      const other = await begun(ownerId);
      await store.deleteOfOwner(ownerId);
      expect(await store.find(ownerId, other.id)).toBeNull();
      expect(await itemsOf(other)).toEqual([]);
    });
  });
}
