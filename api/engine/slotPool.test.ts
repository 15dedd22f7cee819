import { SlotPool } from './slotPool.ts';

const never = new AbortController().signal;

describe('a slot pool', () => {
  it('grants each slot once, then serves waiters first come first served', async () => {
    const pool = new SlotPool(['a', 'b']);
    expect(await Promise.all([pool.acquire(never), pool.acquire(never)])).toEqual(['a', 'b']);
    const order: string[] = [];
    const third = pool.acquire(never).then((slot) => order.push(`third ${slot}`));
    const fourth = pool.acquire(never).then((slot) => order.push(`fourth ${slot}`));
    pool.release('b');
    pool.release('a');
    await Promise.all([third, fourth]);
    expect(order).toEqual(['third b', 'fourth a']);
  });

  it('lets the caller choose among the free slots', async () => {
    const pool = new SlotPool(['a', 'b', 'c']);
    expect(await pool.acquire(never, (free) => free.at(-1))).toBe('c');
    expect(await pool.acquire(never, () => undefined)).toBe('a');
  });

  it('grants no slot to a waiter that has aborted', async () => {
    const pool = new SlotPool(['only']);
    await pool.acquire(never);
    const stop = new AbortController();
    const aborted = pool.acquire(stop.signal);
    const next = pool.acquire(never);
    stop.abort(new Error('aborted'));
    await expect(aborted).rejects.toThrow('aborted');
    pool.release('only');
    expect(await next).toBe('only');
    await expect(pool.acquire(stop.signal)).rejects.toThrow('aborted');
  });
});
