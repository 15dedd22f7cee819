import { jest } from '@jest/globals';
import { backoff, waitToRetry } from './retryWait.ts';

describe('waiting before a reconnect', () => {
  it('grows to a limit, with jitter', () => {
    expect(backoff(0, () => 1)).toBe(250);
    expect(backoff(3, () => 1)).toBe(2000);
    expect(backoff(50, () => 1)).toBe(5000);
    expect(backoff(50, () => 0)).toBe(2500);
  });

  it('ends as soon as the network is back', async () => {
    jest.useFakeTimers();
    const waited = waitToRetry(50);
    window.dispatchEvent(new Event('online'));
    await waited;
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});
