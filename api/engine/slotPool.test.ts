import { Slots } from './slotPool.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('are lent once each, then in the order of asking', async () => {
    const slots = new Slots(['a', 'b']);
    expect(await Promise.all([slots.acquire(never), slots.acquire(never)])).toEqual(['a', 'b']);
    const order: string[] = [];
    const third = slots.acquire(never).then((slot) => order.push(`third ${slot}`));
    const fourth = slots.acquire(never).then((slot) => order.push(`fourth ${slot}`));
    slots.release('b');
    slots.release('a');
    await Promise.all([third, fourth]);
    expect(order).toEqual(['third b', 'fourth a']);
  });

  it('are chosen by the borrower among the free', async () => {
    const slots = new Slots(['a', 'b', 'c']);
    expect(await slots.acquire(never, (free) => free.at(-1))).toBe('c');
    expect(await slots.acquire(never, () => undefined)).toBe('a');
  });

  it('are not lent to who has left the line', async () => {
    const slots = new Slots(['only']);
    await slots.acquire(never);
    const stop = new AbortController();
    const left = slots.acquire(stop.signal);
    const next = slots.acquire(never);
    stop.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    slots.release('only');
    expect(await next).toBe('only');
    await expect(slots.acquire(stop.signal)).rejects.toThrow('gone');
  });
});
