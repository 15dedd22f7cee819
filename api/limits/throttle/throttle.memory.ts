import { monotonicMs } from '../../process/monotonicMs.ts';
import { type SignInThrottle, throttleKeys, throttleRules, tooSoon } from './throttle.ts';

/** The maximum number of records of each kind; the least recently written one is evicted. */
const maxRecords = 10_000;

const { freeAttempts, maxWaitMs, memoryMs, windowMs, lockMs, knownMs } = throttleRules;

interface Failures {
  readonly count: number;
  /** For an account and address together, the time of the last attempt; else the start of the window. */
  readonly at: number;
  readonly waitUntil: number;
}

const none: Failures = { count: 0, at: Number.NEGATIVE_INFINITY, waitUntil: Number.NEGATIVE_INFINITY };

/** Creates the throttle of a single process. `clock`: a monotonic clock, in ms. */
export const createMemoryThrottle = (clock = monotonicMs): SignInThrottle => {
  const pairs = createMemory<Failures>();
  const accounts = createMemory<Failures>();
  const addresses = createMemory<Failures>();
  const known = createMemory<number>();

  const isKnown = (pair: string, now: number) => (known.get(pair) ?? Number.NEGATIVE_INFINITY) > now;

  return {
    async attempt(attempt) {
      const now = clock();
      const { pair, account, address } = throttleKeys(attempt);
      const counted = [
        { memory: accounts, key: account, max: throttleRules.maxAtAccount },
        { memory: addresses, key: address, max: throttleRules.maxFromAddress },
      ];
      const before = pairs.get(pair) ?? none;
      if (now < before.waitUntil) throw tooSoon(before.waitUntil - now);
      if (!isKnown(pair, now)) {
        const waitUntil = Math.max(
          ...counted.map(({ memory, key }) => memory.get(key)?.waitUntil ?? Number.NEGATIVE_INFINITY),
        );
        if (now < waitUntil) throw tooSoon(waitUntil - now);
        for (const { memory, key, max } of counted) {
          const last = memory.get(key) ?? none;
          const open = now - last.at < windowMs ? last : { count: 0, at: now };
          const count = open.count + 1;
          const locked = { count: 0, at: now, waitUntil: now + lockMs };
          memory.set(key, count >= max ? locked : { count, at: open.at, waitUntil: 0 });
        }
      }
      const count = now - before.at < memoryMs ? before.count + 1 : 1;
      const waitMs = count < freeAttempts ? 0 : Math.min(1000 * 2 ** (count - freeAttempts), maxWaitMs);
      pairs.set(pair, { count, at: now, waitUntil: now + waitMs });
    },

    async succeeded(attempt) {
      const now = clock();
      const { pair, account, address } = throttleKeys(attempt);
      pairs.delete(pair);
      if (!isKnown(pair, now)) {
        for (const { memory, key } of [
          { memory: accounts, key: account },
          { memory: addresses, key: address },
        ]) {
          const last = memory.get(key);
          if (last && last.count > 0) memory.set(key, { ...last, count: last.count - 1 });
        }
      }
      known.set(pair, now + knownMs);
    },
  };
};

interface Memory<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

const createMemory = <Value>(): Memory<Value> => {
  const values = new Map<string, Value>();
  return {
    get: (key) => values.get(key),
    set(key, value) {
      values.delete(key);
      values.set(key, value);
      const oldest = values.keys().next();
      if (values.size > maxRecords && !oldest.done) values.delete(oldest.value);
    },
    delete: (key) => values.delete(key),
  };
};
