import { createTokenBucket } from './tokenBucket.ts';

describe('a token bucket', () => {
  let now = 0;
  const bucket = () => createTokenBucket({ perSecond: 10, burst: 20 }, () => now);

  it('allows a burst, then waits until a second’s worth is refilled', () => {
    const one = bucket();
    one.take(20);
    expect(one.waitMs()).toBe(0);
    one.take(5);
    expect(one.waitMs()).toBe(1500);
    now += 1500;
    expect(one.waitMs()).toBe(0);
    one.take(10);
    expect(one.waitMs()).toBe(0);
  });

  it('never holds more than a burst', () => {
    const one = bucket();
    now += 3_600_000;
    one.take(21);
    expect(one.waitMs()).toBeGreaterThan(0);
  });

  it('is flooded by a debt larger than a burst', () => {
    const one = bucket();
    one.take(40);
    expect(one.isFlooded()).toBe(false);
    one.take(1);
    expect(one.isFlooded()).toBe(true);
  });
});
