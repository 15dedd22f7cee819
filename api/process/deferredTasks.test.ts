import { createDeferredTasks } from './deferredTasks.ts';
import { iterationsOf } from './iterations.testing.ts';

describe('deferred tasks', () => {
  const numbers = Array.from({ length: 95 }, (_, index) => index);

  it('run in order, a few per iteration of the event loop', async () => {
    const tasks = createDeferredTasks(10);
    const done: number[] = [];
    const all = Promise.withResolvers<void>();
    for (const number of numbers) tasks.add(() => done.push(number));
    tasks.add(all.resolve);
    expect(done).toEqual([]);
    expect(await iterationsOf(() => all.promise)).toBeGreaterThanOrEqual(9);
    expect(done).toEqual(numbers);
  });

  it('may be added by another task, and after all have run', async () => {
    const tasks = createDeferredTasks(1);
    for (const round of ['one', 'other']) {
      const inner = Promise.withResolvers<string>();
      tasks.add(() => tasks.add(() => inner.resolve(round)));
      expect(await inner.promise).toBe(round);
    }
  });

  it('run at once when they must be finished, each of them once', async () => {
    const tasks = createDeferredTasks(1);
    const done: number[] = [];
    for (const number of numbers) tasks.add(() => done.push(number));
    tasks.finish();
    expect(done).toEqual(numbers);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(numbers);
  });
});
