import type { Viewer } from '../../../../access/viewer.ts';
import type { Batch, BatchItem } from '../../../../batches/batch.ts';
import { newBatch } from '../../../../batches/store/store.contract.ts';
import { at, newId } from '../../../../stores/stores.contract.ts';
import { createOutputFiles } from './outputFiles.ts';

describe('the output of a batch', () => {
  const ownerId = newId();
  const viewer = { user: { id: ownerId } } as Viewer;
  const ended = (): Batch =>
    newBatch(ownerId, {
      status: 'COMPLETED',
      total: 1,
      completed: 1,
      endedAt: at(9),
      work: { kind: 'OPENAI', endpoint: '/v1/chat/completions', fileId: newId(), metadata: null },
    });
  const item = { id: 'x', key: 'a', status: 'COMPLETED', result: 'ä', error: null } as BatchItem;
  const filesOf = (batch: Batch, read: () => void) =>
    createOutputFiles({
      find: async () => batch,
      page: async () => ({ items: [batch], hasNextPage: false, hasPreviousPage: false }),
      async *allItems() {
        read();
        yield item;
      },
    });

  it('is read once to measure it, also by simultaneous requests', async () => {
    let reads = 0;
    const batch = ended();
    const files = filesOf(batch, () => {
      reads += 1;
    });
    const bytesOf = async () => {
      const file = await files.find(viewer, { kind: 'OUTPUT', batchId: batch.id });
      return (await files.shapeOf(viewer, file)).bytes;
    };
    const [first, second] = await Promise.all([bytesOf(), bytesOf()]);
    expect(second).toBe(first);
    expect(await bytesOf()).toBe(first);
    expect(reads).toBe(1);
  });

  it('is read again after a failure', async () => {
    let reads = 0;
    const files = filesOf(ended(), () => {
      reads += 1;
      if (reads === 1) throw new Error('the store is down');
    });
    const [file] = await files.list(viewer);
    if (!file) throw new Error('there is no file');
    await expect(files.shapeOf(viewer, file)).rejects.toThrow('the store is down');
    expect((await files.shapeOf(viewer, file)).bytes).toBeGreaterThan(0);
  });
});
