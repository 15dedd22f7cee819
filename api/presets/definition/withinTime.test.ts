import { isOutOfTime, withinTime } from './withinTime.ts';

const limitMs = 50;

/** Blocks the thread without using the processor, as if other programs had it. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Runs a task until it is out of time. Returns how often it was tried. */
const triesUntilOutOfTime = (task: () => void): number => {
  let tries = 0;
  try {
    withinTime(limitMs, () => {
      tries += 1;
      task();
    });
  } catch (error) {
    if (isOutOfTime(error)) return tries;
    throw error;
  }
  throw new Error('The task was not stopped.');
};

describe('a task with a time limit', () => {
  it('returns its result, and throws its own error', () => {
    expect(withinTime(limitMs, () => 'done')).toBe('done');
    const fail = () => {
      throw new TypeError('its own');
    };
    expect(() => withinTime(limitMs, fail)).toThrow(TypeError);
  });

  it('is stopped for good once it has used the processor, also on a busy machine', () => {
    const before = process.threadCpuUsage();
    triesUntilOutOfTime(() => {
      for (;;);
    });
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(4 * limitMs);
  });

  it('is repeated if other programs had the processor', () => {
    let tries = 0;
    const task = () => {
      tries += 1;
      if (tries === 1) block(20 * limitMs);
      return tries;
    };
    expect(withinTime(limitMs, task)).toBe(2);
  });

  it('is not repeated for ever', () => {
    expect(triesUntilOutOfTime(() => block(20 * limitMs))).toBe(4);
  });
});
