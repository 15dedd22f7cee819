import { Failure } from '../failures.ts';
import { createSignInThrottle } from './throttle.ts';

const setUp = () => {
  let now = 0;
  const throttle = createSignInThrottle(() => new Date(now));
  /** Seconds to wait; 0 where the attempt was let through. */
  const attempt = (username = 'ada', address: string | null = '192.0.2.1'): number => {
    try {
      throttle.attempt(username, address);
      return 0;
    } catch (error) {
      if (error instanceof Failure && error.code === 'RATE_LIMITED') return Number(error.details.retryAfter);
      throw error;
    }
  };
  return {
    throttle,
    attempt,
    fail: (times: number) => {
      for (let i = 0; i < times; i += 1) attempt();
    },
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
};

describe('the sign-in throttle', () => {
  it('lets five attempts through, then makes each wait twice as long as the one before', () => {
    const { attempt, pass } = setUp();
    expect([attempt(), attempt(), attempt(), attempt(), attempt()]).toEqual([0, 0, 0, 0, 0]);
    expect(attempt()).toBe(1);
    pass(1);
    expect(attempt()).toBe(0);
    expect(attempt()).toBe(2);
  });

  it('never makes anyone wait more than five minutes', () => {
    const { attempt, pass } = setUp();
    let longest = 0;
    for (let i = 0; i < 40; i += 1) {
      longest = Math.max(longest, attempt());
      pass(300);
    }
    expect(longest).toBeLessThanOrEqual(300);
    expect(attempt()).toBe(0);
  });

  it('counts by account, regardless of case, and by address', () => {
    const { attempt, fail } = setUp();
    fail(5);
    expect(attempt('ADA')).toBe(1);
    expect(attempt('grace')).toBe(0);
    expect(attempt('ada', '192.0.2.2')).toBe(0);
  });

  it('takes a network of IPv6 for one address', () => {
    const { attempt } = setUp();
    for (let i = 0; i < 5; i += 1) attempt('ada', `2001:db8:1:2::${i}`);
    expect(attempt('ada', '2001:db8:1:2:ffff::9')).toBe(1);
    expect(attempt('ada', '2001:db8:1:3::1')).toBe(0);
  });

  it('forgets after a success, and after a quarter of an hour', () => {
    const { throttle, attempt, fail, pass } = setUp();
    fail(4);
    throttle.succeeded('ada', '192.0.2.1');
    fail(4);
    pass(15 * 60);
    fail(4);
    expect(attempt()).toBe(0);
  });
});
