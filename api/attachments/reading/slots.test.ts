import { createReadingSlots } from './slots.ts';

const never = new AbortController().signal;

describe('the slots in which files are read', () => {
  /** Starts tasks that end on request. `begun` has their owners, in the order of their starts. */
  const startTasks = () => {
    const slots = createReadingSlots({ threads: 1, maxWaiting: 3, maxWaitingOfOwner: 2 });
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const add = (ownerId: string, signal: AbortSignal = never) =>
      slots.run(ownerId, signal, async () => {
        begun.push(ownerId);
        await new Promise<void>((resolve) => ends.push(resolve));
      });
    const endNext = async () => {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { begun, add, endNext };
  };
  const tooMany = { code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('Too many files') };

  it('leave room for other users, however many files one sends', async () => {
    const { begun, add, endNext } = startTasks();
    const all = [add('greedy'), add('greedy'), add('greedy')];
    await expect(add('greedy')).rejects.toMatchObject(tooMany);
    all.push(add('other'));
    await expect(add('third')).rejects.toMatchObject(tooMany);
    for (const _ of all) await endNext();
    await Promise.all(all);
    expect(begun).toEqual(['greedy', 'greedy', 'greedy', 'other']);
  });

  it('go to the user with the fewest running', async () => {
    const slots = createReadingSlots({ threads: 2 });
    const begun: string[] = [];
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const all = ['greedy', 'greedy', 'greedy', 'other'].map((ownerId, index) =>
      slots.run(ownerId, never, async () => {
        begun.push(`${ownerId} ${index}`);
        await ends[index]?.promise;
      }),
    );
    ends[0]?.resolve();
    await all[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual(['greedy 0', 'greedy 1', 'other 3']);
    for (const end of ends) end.resolve();
    await Promise.all(all);
    expect(begun).toHaveLength(4);
  });

  it('are left at once by an aborted upload that waits', async () => {
    const { begun, add, endNext } = startTasks();
    const controller = new AbortController();
    const [first, second] = [add('a'), add('a', controller.signal)];
    controller.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    const third = add('a');
    await endNext();
    await endNext();
    await Promise.all([first, third]);
    expect(begun).toEqual(['a', 'a']);
    await expect(add('a', controller.signal)).rejects.toThrow('gone');
  });
});
