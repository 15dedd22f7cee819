import { createFairScheduler } from './fairScheduler.ts';

describe('a fair scheduler', () => {
  it('lets a caller with one task pass one with many', async () => {
    const scheduler = createFairScheduler();
    const order: string[] = [];
    const work = async (caller: string) => {
      const release = await scheduler.acquire(caller);
      order.push(caller);
      release();
    };
    const many = Array.from({ length: 50 }, () => work('many'));
    await Promise.all([...many, work('one'), work('other')]);
    expect(order.slice(0, 4)).toEqual(['many', 'one', 'other', 'many']);
    expect(order).toHaveLength(52);
  });

  it('alternates between groups, however many callers they have', async () => {
    const scheduler = createFairScheduler();
    const order: string[] = [];
    const work = async (caller: string, group: string) => {
      const release = await scheduler.acquire(caller, group);
      order.push(caller);
      release();
    };
    const addresses = Array.from({ length: 100 }, (_, index) => work(`address ${index}`, 'addresses'));
    await Promise.all([...addresses, work('alice', 'users'), work('bob', 'users'), work('alice', 'users')]);
    expect(order.slice(0, 6)).toEqual(['address 0', 'alice', 'address 1', 'bob', 'address 2', 'alice']);
    expect(order).toHaveLength(103);
  });

  it('runs one task per caller at a time', async () => {
    const scheduler = createFairScheduler();
    const first = await scheduler.acquire('one');
    let hasBegun = false;
    const second = scheduler.acquire('one').then((release) => {
      hasBegun = true;
      return release;
    });
    const other = await scheduler.acquire('other');
    other();
    expect(hasBegun).toBe(false);
    first();
    first();
    (await second)();
    (await scheduler.acquire('one'))();
  });

  it('starts one task per iteration of the event loop', async () => {
    const scheduler = createFairScheduler();
    let iteration = 0;
    let isDone = false;
    const count = () => {
      iteration += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const iterations = await Promise.all(
      ['a', 'a', 'b', 'c'].map(async (caller) => {
        const release = await scheduler.acquire(caller);
        release();
        return iteration;
      }),
    );
    isDone = true;
    expect(new Set(iterations).size).toBe(4);
  });
});
