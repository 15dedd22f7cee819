import { Failure } from '../../errors/failures.ts';
import { type SignInThrottle, throttleRules } from './throttle.ts';

/**
 * Tests the promises of `SignInThrottle`. `open` returns an unused throttle, or the same one for another replica, whose
 * clock is ahead by `shiftMs()` milliseconds.
 */
export function describeThrottle(name: string, open: (shiftMs: () => number) => SignInThrottle): void {
  describe(name, () => {
    let throttle: SignInThrottle;
    let shift = 0;
    let test = 0;
    /** Unique in each test. */
    let ada = '';
    let net = '';

    beforeAll(() => {
      throttle = open(() => shift);
    });
    beforeEach(() => {
      test += 1;
      [ada, net] = [`Ada${test}`, `192.0.${test}`];
    });

    const given = (username: string, address: string | null) => ({ username, address });
    /** Returns the seconds to wait; 0 if the attempt was allowed. */
    const attempt = async (username = ada, address: string | null = `${net}.1`): Promise<number> => {
      try {
        await throttle.attempt(given(username, address));
        return 0;
      } catch (error) {
        if (error instanceof Failure && error.code === 'RATE_LIMITED')
          return Number(error.details.retryAfter);
        throw error;
      }
    };
    const succeed = (username = ada, address = `${net}.1`) => throttle.succeeded(given(username, address));
    const attempts = async (times: number, username = ada, address: string | null = `${net}.1`) => {
      const waits: number[] = [];
      for (let count = 0; count < times; count += 1) waits.push(await attempt(username, address));
      return waits;
    };
    const pass = (seconds: number) => {
      shift += seconds * 1000;
    };

    it('allows five attempts, then doubles the wait after each', async () => {
      expect(await attempts(6)).toEqual([0, 0, 0, 0, 0, 1]);
      pass(1);
      expect(await attempts(2)).toEqual([0, 2]);
    });

    it('allows no more of many concurrent attempts', async () => {
      const waits = await Promise.all(Array.from({ length: 50 }, () => attempt()));
      expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
    });

    it('requires a wait of at most five minutes for one account from one address', async () => {
      let longestWait = 0;
      for (let count = 0; count < 40; count += 1) {
        longestWait = Math.max(longestWait, await attempt());
        pass(300);
      }
      expect(longestWait).toBeLessThanOrEqual(300);
      expect(await attempt()).toBe(0);
    });

    it('counts each account, regardless of case, and each address separately', async () => {
      await attempts(5);
      expect(await attempt(ada.toUpperCase())).toBe(1);
      expect(await attempt(`grace${test}`)).toBe(0);
      expect(await attempt(ada, `${net}.2`)).toBe(0);
    });

    it('treats an IPv6 /64 network as one address', async () => {
      for (let host = 0; host < 5; host += 1) await attempt(ada, `2001:db8:${test}:2::${host}`);
      expect(await attempt(ada, `2001:db8:${test}:2:ffff::9`)).toBe(1);
      expect(await attempt(ada, `2001:db8:${test}:3::1`)).toBe(0);
    });

    it('forgets failures after a success, and after 15 minutes', async () => {
      await attempts(4);
      await succeed();
      await attempts(4);
      pass(15 * 60);
      await attempts(4);
      expect(await attempt()).toBe(0);
    });

    it('locks an account after many failures from many addresses, except for an address that signed in before', async () => {
      const [home, elsewhere] = ['198.51.100.1', '198.51.100.2'];
      await attempt(ada, home);
      await succeed(ada, home);
      for (let from = 0; from < throttleRules.maxAtAccount; from += 1) {
        expect(await attempt(ada, `${net}.${from}`)).toBe(0);
      }
      expect(await attempt(ada, elsewhere)).toBe(15 * 60);
      expect(await attempt(ada, home)).toBe(0);
      pass(15 * 60);
      expect(await attempt(ada, elsewhere)).toBe(0);
    });

    it('locks an address after failures at many accounts, except for an account that signed in from it before', async () => {
      await attempt(ada);
      await succeed();
      for (let account = 0; account < throttleRules.maxFromAddress; account += 1) {
        expect(await attempt(`user${account}-${test}`)).toBe(0);
      }
      expect(await attempt(`grace${test}`)).toBe(15 * 60);
      expect(await attempt(ada)).toBe(0);
      expect(await attempt(`grace${test}`, `${net}.2`)).toBe(0);
      pass(15 * 60);
      expect(await attempt(`grace${test}`)).toBe(0);
    });

    it('does not lock an address for successful sign-ins', async () => {
      for (let account = 0; account < throttleRules.maxFromAddress + 10; account += 1) {
        expect(await attempt(`user${account}-${test}`)).toBe(0);
        await succeed(`user${account}-${test}`);
      }
      expect(await attempt()).toBe(0);
    });

    it('counts the attempts of all replicas together', async () => {
      const other = open(() => shift);
      await attempts(4);
      await other.attempt(given(ada, `${net}.1`));
      expect(await attempt()).toBe(1);
    });

    it('accepts an attempt without an address, and a username of any length', async () => {
      expect(await attempt('x'.repeat(100_000), null)).toBe(0);
      expect(await attempt('', `${net}.1`)).toBe(0);
    });
  });
}
