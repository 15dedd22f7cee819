import { jest } from '@jest/globals';
import { RequestFailure } from './failure.ts';
import { patiently } from './patiently.ts';

const limited = () => new RequestFailure('RATE_LIMITED', 'Too many changes.', 7);

describe('patience', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const run = (failures: readonly Error[], signal = new AbortController().signal) => {
    const left = [...failures];
    const waits: boolean[] = [];
    const work = async () => {
      const failure = left.shift();
      if (failure) throw failure;
      return 'done';
    };
    const onWaiting = (isWaiting: boolean) => waits.push(isWaiting);
    const result = patiently(work, { signal, onWaiting, maxWaits: 2 });
    // A failure may come before the test looks at it.
    result.catch(() => {});
    return { waits, result };
  };

  it('waits as long as the server asks, and says so meanwhile', async () => {
    const { waits, result } = run([limited(), limited()]);
    await jest.advanceTimersByTimeAsync(6_999);
    expect(waits).toEqual([true]);
    await jest.advanceTimersByTimeAsync(1);
    expect(waits).toEqual([true, false, true]);
    await jest.advanceTimersByTimeAsync(7_000);
    expect(await result).toBe('done');
    expect(waits).toEqual([true, false, true, false]);
  });

  it('ends after some waits, and at once for another error', async () => {
    const { result } = run([limited(), limited(), limited()]);
    await jest.advanceTimersByTimeAsync(30_000);
    await expect(result).rejects.toThrow('Too many changes.');
    const other = run([new RequestFailure('NOT_FOUND', 'No such file.')]);
    await expect(other.result).rejects.toThrow('No such file.');
    expect(other.waits).toEqual([]);
  });

  it('does nothing more after the page is left', async () => {
    const controller = new AbortController();
    const { waits, result } = run([limited()], controller.signal);
    await jest.advanceTimersByTimeAsync(1_000);
    controller.abort();
    await jest.advanceTimersByTimeAsync(7_000);
    await expect(result).rejects.toThrow('abort');
    expect(waits).toEqual([true]);
  });
});
