import { setImmediate as tick } from 'node:timers/promises';
import { createEngineUse, maxToolLeaves } from './engineUse.ts';

describe('the use of the engine', () => {
  const ann = { id: 'x', ownerId: 'ann' };
  const bob = { id: 'y', ownerId: 'bob' };
  const never = new AbortController().signal;

  /** Whether a promise has resolved. */
  const watch = (promise: Promise<unknown>) => {
    let isDone = false;
    void promise.then(() => {
      isDone = true;
    });
    return async () => {
      await tick();
      return isDone;
    };
  };

  it('gives slots to runs that return and to others in their order', async () => {
    const use = createEngineUse({ engine: { slots: 1 } });
    const endFirst = await use.enter(ann, never);
    const leave = use.leave(ann, 'decision');
    expect(use.idleCount()).toBe(1);
    const endSecond = await use.enter(ann, never);
    const returned = watch(Promise.resolve(leave?.return(never)));
    // Its place is taken at once, although it still waits.
    expect(use.idleCount()).toBe(0);
    const third = use.enter(ann, never);
    const entered = watch(third);
    expect(await returned()).toBe(false);
    endSecond();
    expect(await returned()).toBe(true);
    expect(await entered()).toBe(false);
    endFirst();
    expect(await entered()).toBe(true);
    (await third)();
  });

  it('lets people in before runs in the background', async () => {
    const use = createEngineUse({ engine: { slots: 1 } });
    const endFirst = await use.enter(ann, never);
    const leave = use.leave(ann, 'tool');
    const endBackground = await use.enter({ ...bob, isBackground: true }, never);
    const second = use.enter({ ...bob, isBackground: true }, never);
    const [entered, returned] = [watch(second), watch(Promise.resolve(leave?.return(never)))];
    endBackground();
    expect(await returned()).toBe(true);
    expect(await entered()).toBe(false);
    endFirst();
    expect(await entered()).toBe(true);
    (await second)();
  });

  it('calls for a job beyond its slots while a person waits in the queue, also behind the background', async () => {
    let isPersonQueued = false;
    const use = createEngineUse({ engine: { slots: 1 }, isPersonQueued: () => isPersonQueued });
    const counts: number[] = [];
    use.extraSlots.onChange(() => counts.push(use.extraSlots.count()));
    const endFirst = await use.enter(ann, never);
    const leave = use.leave(ann, 'tool');
    const endSecond = await use.enter(bob, never);
    const returned = watch(Promise.resolve(leave?.return(never)));
    // One in the background that was taken for the place of the first.
    const third = use.enter({ ...bob, isBackground: true }, never);
    expect(use.extraSlots.count()).toBe(0);
    isPersonQueued = true;
    use.queueChanged();
    expect(use.extraSlots.count()).toBe(3);
    const person = use.enter(bob, never);
    expect(use.extraSlots.count()).toBe(0);
    expect(counts).toEqual([1, 0, 3, 0]);
    endSecond();
    expect(await returned()).toBe(true);
    endFirst();
    (await person)();
    (await third)();
  });

  it('ends the wait of a run that is stopped', async () => {
    const use = createEngineUse({ engine: { slots: 1 } });
    const endFirst = await use.enter(ann, never);
    const leave = use.leave(ann, 'decision');
    const endSecond = await use.enter(ann, never);
    const stopped = new AbortController();
    const returning = leave?.return(stopped.signal);
    stopped.abort();
    await returning;
    endFirst();
    const third = use.enter(ann, never);
    expect(await watch(third)()).toBe(false);
    endSecond();
    (await third)();
  });

  it('notices new slots', async () => {
    const engine = { slots: 1 };
    const use = createEngineUse({ engine });
    const end = await use.enter(ann, never);
    const second = use.enter(ann, never);
    expect(await watch(second)()).toBe(false);
    engine.slots = 2;
    (await second)();
    end();
  });

  it('lets runs wait while no engine is reachable, those that have begun for a time', async () => {
    const engine = { slots: 2 };
    const use = createEngineUse({ engine, unreachableMs: 1500 });
    await use.enter(ann, never);
    const leave = use.leave(ann, 'decision');
    engine.slots = 0;
    const entered = watch(use.enter(ann, never));
    const returned = Promise.resolve(leave?.return(never));
    expect(await watch(returned)()).toBe(false);
    // Then the engine's own error says why.
    await returned;
    expect(await entered()).toBe(false);
    engine.slots = 2;
    while (!(await entered())) await tick();
  });

  it('lets a run return as soon as an engine is reachable', async () => {
    const engine = { slots: 1 };
    const use = createEngineUse({ engine });
    const end = await use.enter(ann, never);
    const leave = use.leave(ann, 'decision');
    engine.slots = 0;
    const returned = Promise.resolve(leave?.return(never));
    engine.slots = 1;
    await returned;
    expect(await watch(use.enter(ann, never))()).toBe(false);
    end();
  });

  it('gives slots to users in turn, and lets in a job of another user while runs wait to return', async () => {
    const use = createEngineUse({ engine: { slots: 2 } });
    let changes = 0;
    use.extraSlots.onChange(() => {
      changes += 1;
    });
    const ends = [await use.enter(ann, never), await use.enter(ann, never)];
    const leaves = [use.leave(ann, 'tool'), use.leave(ann, 'tool')];
    expect(use.extraSlots.count()).toBe(2);
    ends.push(await use.enter(ann, never), await use.enter(ann, never));
    expect(changes).toBe(2);
    const returned = leaves.map((leave) => watch(Promise.resolve(leave?.return(never))));
    // A job of another user may be taken beside these two.
    expect(use.extraSlots.count()).toBe(3);
    const entering = use.enter(bob, never);
    const entered = watch(entering);
    expect(use.extraSlots.count()).toBe(0);
    ends[2]?.();
    expect(await entered()).toBe(true);
    expect(await returned[0]?.()).toBe(false);
    expect(use.extraSlots.count()).toBe(3);
    (await entering)();
    expect([await returned[0]?.(), await returned[1]?.()]).toEqual([true, false]);
    ends[3]?.();
    expect(await returned[1]?.()).toBe(true);
    expect(use.extraSlots.count()).toBe(0);
  });

  it('lets few runs of a user leave for tools', async () => {
    const use = createEngineUse({ engine: { slots: 9 } });
    const leaves = [];
    for (let count = 0; count <= maxToolLeaves.ofOwner; count += 1) {
      await use.enter(ann, never);
      leaves.push(use.leave(ann, 'tool'));
    }
    expect(leaves.map((leave) => leave !== null)).toEqual([true, true, true, true, false]);
    expect(use.leave(ann, 'decision')).not.toBeNull();
    await use.enter(bob, never);
    expect(use.leave(bob, 'tool')).not.toBeNull();
    await leaves[0]?.return(never);
    expect(use.leave(ann, 'tool')).not.toBeNull();
  });
});
