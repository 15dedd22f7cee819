import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { Viewer } from '../access/viewer.ts';
import {
  engineFailed,
  engineUnavailable,
  Failure,
  modelNotFound,
  notFound,
  storageFull,
} from '../errors/failures.ts';
import { eventually } from '../process/eventually.testing.ts';
import { createIds } from '../process/ids.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { insertMember } from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { type Batch, type BatchItem, batchLimits } from './batch.ts';
import { newBatchFile } from './files/store/store.contract.ts';
import { type BatchRunnerDeps, startBatchRunner } from './runner.ts';
import { newBatch } from './store/store.contract.ts';
import { type BatchUpkeepDeps, keepBatches } from './upkeep.ts';
import { generationIdOf, type InputRun } from './work.ts';

const outcome = { result: null, text: 'done', error: null, model: 'm', promptTokens: 1, completionTokens: 2 };

const succeed = async () => outcome;

describe('the runner of batches', () => {
  const ids = createIds();
  let stores: Stores;
  const stops: (() => Promise<void>)[] = [];
  let cancelled: string[];
  let released: number;
  let over: Batch[];
  beforeEach(async () => {
    stores = await openTemporaryStores();
    [cancelled, released, over] = [[], 0, []];
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await stores.close();
  });

  const depsOf = (given: Partial<BatchRunnerDeps>): BatchRunnerDeps => ({
    store: stores.batches,
    work: { PRESET: succeed, OPENAI: succeed },
    viewerOf: async ({ ownerId }) => ({ user: { id: ownerId } }) as Viewer,
    slots: () => 2,
    quotaResetsAt: async () => null,
    metrics: {
      batchEnded: () => {},
      batchInputRun: (result) => {
        if (result === 'released') released += 1;
      },
    },
    cancelGeneration: async (_owner, id) => {
      cancelled.push(id);
      throw notFound('generation');
    },
    ids,
    bus: createMemoryBus(),
    clock: () => new Date(),
    log: pino({ level: 'silent' }),
    onEnded: (batch) => over.push(batch),
    intervalMs: 20,
    retryMs: 1,
    ...given,
  });
  const start = (given: Partial<BatchRunnerDeps> = {}) => {
    const stop = startBatchRunner(depsOf(given));
    stops.push(stop);
    return stop;
  };
  const work = (run: (run: InputRun) => Promise<typeof outcome>): Pick<BatchRunnerDeps, 'work'> => ({
    work: { PRESET: run, OPENAI: run },
  });
  const begin = async (total: number, given: Partial<Batch> = {}): Promise<Batch> => {
    const now = new Date();
    const times = { servedAt: now, createdAt: now, expiresAt: new Date(now.getTime() + 60_000) };
    const batch = newBatch(await insertMember(stores), { total, ...times, ...given });
    await stores.batches.insert(batch, batchLimits);
    const inputs = Array.from({ length: total }, (_, index) => ({ key: String(index + 1), json: '{}' }));
    await stores.batches.addInputs(batch, 1, inputs);
    await stores.batches.begin(batch.id);
    return batch;
  };
  const current = async ({ id }: Batch): Promise<Batch> => {
    const found = await stores.batches.findAnyOwner(id);
    if (!found) throw new Error('the batch is gone');
    return found;
  };
  const ended = (batch: Batch) =>
    eventually(
      () => current(batch),
      ({ status }) => status !== 'RUNNING',
    );
  const itemsOf = async ({ ownerId, id }: Batch): Promise<readonly BatchItem[]> =>
    (await stores.batches.items(ownerId, id, null, page)).items;

  it('runs as many at once as there are slots, each input once, with several processes too', async () => {
    const batch = await begin(40);
    const runs: number[] = [];
    let [running, most] = [0, 0];
    const slow = work(async ({ item }) => {
      runs.push(item.number);
      running += 1;
      most = Math.max(most, running);
      await delay(2);
      running -= 1;
      return outcome;
    });
    start(slow);
    start(slow);
    expect(await ended(batch)).toMatchObject({ status: 'COMPLETED', completed: 40, promptTokens: 40 });
    expect(runs.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(most).toBe(4);
    expect(over.map(({ id }) => id)).toEqual([batch.id]);
  });

  it('runs inputs again after failures that pass, and not for ever after those of a model', async () => {
    const batch = await begin(3);
    const tries = new Map<number, number>();
    start(
      work(async ({ item }) => {
        const count = (tries.get(item.number) ?? 0) + 1;
        tries.set(item.number, count);
        if (item.number === 1 && count < 5) throw engineUnavailable('Down.');
        if (item.number === 2) throw engineFailed('Broken.');
        if (item.number === 3) throw new Failure('BAD_USER_INPUT', 'Never.');
        return outcome;
      }),
    );
    expect(await ended(batch)).toMatchObject({ status: 'COMPLETED', completed: 1, failed: 2 });
    expect([...tries.entries()].toSorted()).toEqual([
      [1, 5],
      [2, 3],
      [3, 1],
    ]);
    const errors = (await itemsOf(batch)).map(({ error }) => error?.code ?? null);
    expect(errors).toEqual([null, 'ENGINE_FAILED', 'BAD_USER_INPUT']);
    expect(released).toBe(6);
  });

  it('counts only failures of the input, not the claims that a pause or an outage ended', async () => {
    const batch = await begin(1);
    let tries = 0;
    start(
      work(async () => {
        tries += 1;
        if (tries <= 2) throw new Failure('QUOTA_EXCEEDED', 'Used up.', { retryAfter: 0.01 });
        if (tries <= 4) throw new Failure('RATE_LIMITED', 'Too many.');
        if (tries <= 6) throw engineFailed('Broken.');
        return outcome;
      }),
    );
    expect(await ended(batch)).toMatchObject({ completed: 1, failed: 0 });
    const [item] = await itemsOf(batch);
    expect(item).toMatchObject({ attempt: 7, failures: 2 });
  });

  it('waits for a model whose engine starts again, and for space on the disk', async () => {
    const batch = await begin(2);
    const tries = new Map<number, number>();
    let writes = 0;
    start({
      ...work(async ({ item }) => {
        const count = (tries.get(item.number) ?? 0) + 1;
        tries.set(item.number, count);
        if (count < 5) throw item.number === 1 ? modelNotFound('m', []) : storageFull();
        return outcome;
      }),
      store: {
        ...stores.batches,
        async finish(...finished) {
          writes += 1;
          if (writes === 1) throw storageFull();
          return stores.batches.finish(...finished);
        },
      },
    });
    expect(await ended(batch)).toMatchObject({ status: 'COMPLETED', completed: 2, failed: 0 });
    expect([...tries.values()]).toEqual([5, 5]);
    expect(writes).toBe(3);
  });

  it('masks an unexpected error', async () => {
    const batch = await begin(1);
    start(
      work(async () => {
        throw new TypeError('secret internals');
      }),
    );
    await ended(batch);
    const [item] = await itemsOf(batch);
    expect(item?.error).toEqual({ code: 'INTERNAL', message: 'Something went wrong. Run it again.' });
  });

  it('pauses a batch whose owner has reached a quota, and goes on afterwards', async () => {
    const batch = await begin(2);
    let isUsedUp = true;
    start({
      slots: () => 1,
      ...work(async () => {
        if (isUsedUp) throw new Failure('QUOTA_EXCEEDED', 'Used up.', { retryAfter: 0.3 });
        return outcome;
      }),
    });
    const paused = await eventually(
      () => current(batch),
      ({ resumesAt }) => resumesAt !== null,
    );
    expect(paused).toMatchObject({ status: 'RUNNING', error: { code: 'QUOTA_EXCEEDED' } });
    isUsedUp = false;
    expect(await ended(batch)).toMatchObject({ status: 'COMPLETED', completed: 2, error: null });
  });

  it('takes the input of a dead process over, and cancels what that left', async () => {
    const batch = await begin(1);
    const now = new Date();
    const dead = await stores.batches.claim(now, new Date(now.getTime() + 50));
    start();
    expect(await ended(batch)).toMatchObject({ completed: 1 });
    const [item] = await itemsOf(batch);
    expect(item).toMatchObject({ attempt: 2, crashes: 1 });
    expect(cancelled[0]).toBe(generationIdOf(ids, { id: item?.id ?? '', attempt: 1 }, 0));
    expect(dead && (await stores.batches.finish(dead.item, outcome, now))).toBe(false);
  });

  it('runs the inputs of a dead process one by one, as one of them may have been the cause', async () => {
    const batch = await begin(6);
    const now = new Date();
    // Both expire while the others run.
    for (let died = 0; died < 2; died += 1) {
      await stores.batches.claim(now, new Date(now.getTime() + 30));
    }
    let running = 0;
    const together = new Map<number, number>();
    start({
      slots: () => 3,
      ...work(async ({ item }) => {
        running += 1;
        const most = () => together.set(item.number, Math.max(running, together.get(item.number) ?? 0));
        most();
        await delay(40);
        most();
        running -= 1;
        return outcome;
      }),
    });
    expect(await ended(batch)).toMatchObject({ completed: 6, failed: 0 });
    expect((await itemsOf(batch)).map(({ crashes }) => crashes)).toEqual([1, 1, 0, 0, 0, 0]);
    expect([together.get(1), together.get(2)]).toEqual([1, 1]);
    expect(together.get(3)).toBeGreaterThan(1);
  });

  it('gives an input up that several processes died of', async () => {
    const batch = await begin(1);
    for (let died = 0; died < 4; died += 1) {
      await stores.batches.claim(new Date(died), new Date(died + 1));
    }
    start();
    await ended(batch);
    const [item] = await itemsOf(batch);
    expect(item?.error).toEqual({
      code: 'INTERNAL',
      message: 'The server stopped 4 times while it ran this input.',
    });
  });

  it('keeps its claim while it runs, and stops when the batch is cancelled', async () => {
    const batch = await begin(1);
    let runs = 0;
    const reasons: unknown[] = [];
    const slow = work(({ signal }) => {
      runs += 1;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
      });
    });
    const claimMs = 80;
    start({ claimMs, ...slow });
    start({ claimMs, ...slow });
    await delay(400);
    expect(runs).toBe(1);
    await stores.batches.end(batch.id, { status: 'CANCELLED', error: null, endedAt: new Date() });
    await eventually(
      () => reasons.length,
      (count) => count === 1,
    );
    expect(String(reasons[0])).toContain('the claim of the input is lost');
    expect(await current(batch)).toMatchObject({ status: 'CANCELLED', completed: 0, failed: 0 });
  });

  it('gives its inputs back at once when the process stops', async () => {
    const batch = await begin(2);
    const begun = Promise.withResolvers<void>();
    const stop = start(
      work(({ signal, item }) => {
        if (item.number === 2) begun.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }),
    );
    await begun.promise;
    await stop();
    expect((await itemsOf(batch)).map(({ status, crashes }) => [status, crashes])).toEqual([
      ['PENDING', 0],
      ['PENDING', 0],
    ]);
    start();
    expect(await ended(batch)).toMatchObject({ completed: 2 });
  });

  it('stops a batch whose owner may no longer generate', async () => {
    const batch = await begin(3);
    start({ viewerOf: async () => null });
    expect(await ended(batch)).toMatchObject({
      status: 'FAILED',
      error: { code: 'FORBIDDEN' },
      completed: 0,
    });
    expect((await itemsOf(batch)).map(({ status }) => status)).toEqual([
      'CANCELLED',
      'CANCELLED',
      'CANCELLED',
    ]);
  });

  it('stops running and queued inputs when their owner may no longer generate', async () => {
    const batch = await begin(1);
    const reasons: unknown[] = [];
    let mayGenerate = true;
    start({
      claimMs: 80,
      viewerOf: async ({ ownerId }) => (mayGenerate ? ({ user: { id: ownerId } } as Viewer) : null),
      ...work(({ signal }) => {
        mayGenerate = false;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          });
        });
      }),
    });
    expect(await ended(batch)).toMatchObject({
      status: 'FAILED',
      error: { code: 'FORBIDDEN' },
      completed: 0,
    });
    await eventually(
      async () => cancelled.length,
      (count) => count > 0,
    );
    expect(reasons.map(String)).toEqual(['Error: the owner of the batch may no longer generate']);
    const [item] = await itemsOf(batch);
    expect(cancelled).toContain(generationIdOf(ids, { id: item?.id ?? '', attempt: 1 }, 0));
    expect(over).toHaveLength(1);
  });

  it('rejects a result that is too large', async () => {
    const batch = await begin(1);
    start(work(async () => ({ ...outcome, text: 'x'.repeat(batchLimits.resultBytes) })));
    await ended(batch);
    const [item] = await itemsOf(batch);
    expect(item).toMatchObject({ status: 'FAILED', text: '', error: { code: 'OUTPUT_INVALID' } });
  });

  describe('and its upkeep', () => {
    const keep = (isHeld = false, acquire = true, given: Partial<BatchUpkeepDeps> = {}) =>
      keepBatches({
        ...depsOf({}),
        files: stores.batchFiles,
        isHeld: async () => isHeld,
        acquireLease: async () => acquire,
        ...given,
      });

    it('complete a batch whose last step a crash interrupted', async () => {
      const batch = await begin(1);
      const now = new Date();
      const claimed = await stores.batches.claim(now, new Date(now.getTime() + 60_000));
      if (claimed) await stores.batches.finish(claimed.item, outcome, now);
      expect(await current(batch)).toMatchObject({ status: 'RUNNING' });
      await keep();
      expect(await current(batch)).toMatchObject({ status: 'COMPLETED', completed: 1 });
    });

    it('end a batch that takes too long', async () => {
      const createdAt = new Date(Date.now() - 7_200_000);
      const batch = await begin(2, { createdAt, expiresAt: new Date(Date.now() - 1) });
      await keep();
      expect(await current(batch)).toMatchObject({
        status: 'EXPIRED',
        error: { code: 'ENGINE_TIMEOUT', message: expect.stringContaining('did not end within 2 hours') },
      });
    });

    it('delete old batches, except those that a legal hold keeps', async () => {
      const batch = await begin(1);
      const endedAt = new Date(Date.now() - 31 * 24 * 3_600_000);
      await stores.batches.end(batch.id, { status: 'CANCELLED', error: null, endedAt });
      await keep(true);
      expect(await current(batch)).toMatchObject({ status: 'CANCELLED' });
      await keep();
      expect(await stores.batches.findAnyOwner(batch.id)).toBeNull();
    });

    it('delete those of others, however many a legal hold keeps', async () => {
      const createdAt = new Date(Date.now() - 31 * 24 * 3_600_000);
      const end = { status: 'CANCELLED', error: null, endedAt: createdAt } as const;
      const [held, other] = [await insertMember(stores), await insertMember(stores)];
      const many = { open: 2_000, kept: 2_000 };
      for (let count = 0; count < 1_001; count += 1) {
        const batch = newBatch(held, { createdAt });
        await stores.batches.insert(batch, many);
        await stores.batches.end(batch.id, end);
        await stores.batchFiles.insert(newBatchFile(held, { createdAt }), 2_000);
      }
      const last = newBatch(other, { createdAt });
      await stores.batches.insert(last, many);
      await stores.batches.end(last.id, end);
      await stores.batchFiles.insert(newBatchFile(other, { createdAt }), 1);
      let asked = 0;
      await keep(false, true, {
        async isHeld(ownerId) {
          asked += 1;
          return ownerId === held;
        },
      });
      expect(await stores.batches.findAnyOwner(last.id)).toBeNull();
      expect(await stores.batchFiles.ofOwner(other)).toEqual([]);
      expect(await stores.batchFiles.ofOwner(held)).toHaveLength(1_001);
      expect(asked).toBe(3);
    });
  });
});

const page = { direction: 'forward', size: 100, after: null, before: null } as const;
