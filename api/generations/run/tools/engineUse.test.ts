import { setImmediate as tick } from 'node:timers/promises';
import { createEngineUse } from './engineUse.ts';

describe('the use of the engine', () => {
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

  it('gives a slot back to a run that returns, before others, in their order', async () => {
    const use = createEngineUse({ slots: 1 });
    const endFirst = await use.enter(never);
    const leave = use.leave();
    expect(use.idle.count()).toBe(1);
    const endSecond = await use.enter(never);
    const returned = watch(leave.return(never));
    // Its place is taken at once, although it still waits.
    expect(use.idle.count()).toBe(0);
    const third = use.enter(never);
    const entered = watch(third);
    expect(await returned()).toBe(false);
    endSecond();
    expect(await returned()).toBe(true);
    expect(await entered()).toBe(false);
    endFirst();
    expect(await entered()).toBe(true);
    (await third)();
  });

  it('ends the wait of a run that is stopped', async () => {
    const use = createEngineUse({ slots: 1 });
    const endFirst = await use.enter(never);
    const leave = use.leave();
    const endSecond = await use.enter(never);
    const stopped = new AbortController();
    const returning = leave.return(stopped.signal);
    stopped.abort();
    await returning;
    endFirst();
    const third = use.enter(never);
    expect(await watch(third)()).toBe(false);
    endSecond();
    (await third)();
  });

  it('notices new slots', async () => {
    const engine = { slots: 1 };
    const use = createEngineUse(engine);
    const end = await use.enter(never);
    const second = use.enter(never);
    expect(await watch(second)()).toBe(false);
    engine.slots = 2;
    (await second)();
    end();
  });

  it('lets runs wait while no engine is reachable, those that have begun for a time', async () => {
    const engine = { slots: 2 };
    const use = createEngineUse(engine, 1500);
    await use.enter(never);
    const leave = use.leave();
    engine.slots = 0;
    const entered = watch(use.enter(never));
    const returned = leave.return(never);
    expect(await watch(returned)()).toBe(false);
    // Then the engine's own error says why.
    await returned;
    expect(await entered()).toBe(false);
    engine.slots = 2;
    while (!(await entered())) await tick();
  });

  it('lets a run return as soon as an engine is reachable', async () => {
    const engine = { slots: 1 };
    const use = createEngineUse(engine);
    const end = await use.enter(never);
    const leave = use.leave();
    engine.slots = 0;
    const returned = leave.return(never);
    engine.slots = 1;
    await returned;
    expect(await watch(use.enter(never))()).toBe(false);
    end();
  });
});
