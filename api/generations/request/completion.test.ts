import type { Viewer } from '../../access/viewer.ts';
import { serviceUnavailable } from '../../errors/failures.ts';
import { eventually } from '../../process/eventually.testing.ts';
import { createIds } from '../../process/ids.ts';
import { createTools } from '../../tools/service.ts';
import { done, type OpenedGenerations, openGenerations } from '../generations.testing.ts';
import { createLifecycle } from '../lifecycle.ts';
import { createEnqueueRetries } from '../run/enqueue.ts';
import { createCompletions } from './completion.ts';

describe('a completion that could not be queued', () => {
  let opened: OpenedGenerations;
  let viewer: Viewer;
  const outage = serviceUnavailable('The queue is unavailable.');

  beforeEach(async () => {
    opened = await openGenerations(async function* () {
      yield* ['whole', done];
    });
    viewer = { user: { id: opened.ownerId, role: 'MEMBER' }, apiKey: null } as Viewer;
  });
  afterEach(() => opened.close());

  /** Begins the entry of the completion, then fails. `transition` is the store's. */
  const complete = async (transition = opened.deps.generations.transition) => {
    const { deps, stores } = opened;
    const [model] = await deps.engine.models();
    if (!model) throw new Error('the engine has no model');
    const generations = { ...stores.generations, transition };
    let id = '';
    const all = {
      ...deps,
      generations,
      models: { choose: async () => ({ model, reason: null }) },
      admission: {
        admit: <Result>(_viewer: unknown, _request: unknown, start: () => Promise<Result>) => start(),
        begin: async (generation: { id: string }) => {
          id = generation.id;
          await deps.journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
          throw outage;
        },
      },
      storageQuotas: {
        withReservation: <Result>(_user: unknown, _bytes: number, work: () => Promise<Result>) => work(),
      },
      tools: createTools([]),
      enqueueRetries: createEnqueueRetries(),
      ids: createIds(),
    };
    const completions = createCompletions(all, createLifecycle(all));
    const input = {
      model: null,
      messages: [{ role: 'user' as const, content: 'What is this?' }],
      options: {},
      format: null,
    };
    await expect(completions.complete(viewer, input)).rejects.toBe(outage);
    return id;
  };

  const stateOf = async (id: string) => ({
    status: (await opened.stores.generations.findAnyOwner(id))?.status,
    entry: await opened.deps.journal.read(id),
  });

  it('is cancelled, and leaves no journal entry', async () => {
    expect(await stateOf(await complete())).toEqual({ status: 'CANCELLED', entry: null });
  });

  it('leaves no journal entry if the reply of the store is lost', async () => {
    const { transition } = opened.stores.generations;
    let isLost = false;
    const id = await complete(async (...args) => {
      const ended = await transition(...args);
      if (isLost) return ended;
      isLost = true;
      throw serviceUnavailable('The store is unavailable.');
    });
    expect(isLost).toBe(true);
    await eventually(
      () => stateOf(id),
      ({ entry }) => entry === null,
    );
    expect(await stateOf(id)).toEqual({ status: 'CANCELLED', entry: null });
  });

  it('leaves no journal entry if it was deleted meanwhile', async () => {
    const id = await complete(async () => {
      await opened.stores.generations.deleteOfOwner(opened.ownerId);
      return null;
    });
    expect((await stateOf(id)).entry).toBeNull();
  });
});
