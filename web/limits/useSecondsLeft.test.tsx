import { jest } from '@jest/globals';
import { act, renderHook } from '@testing-library/react';
import { useSecondsLeft } from './useSecondsLeft.ts';

const start = Date.parse('2026-01-31T00:00:00Z');

describe('seconds left', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: start });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = (ms: number) => act(() => void jest.advanceTimersByTime(ms));

  it('count down to 0 and stay there', () => {
    const { result } = renderHook(() => useSecondsLeft(start + 2500));
    expect(result.current).toBe(3);
    pass(500);
    expect(result.current).toBe(2);
    pass(2000);
    expect(result.current).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are read from the clock when a suspended tab becomes visible', () => {
    const { result } = renderHook(() => useSecondsLeft(start + 60_000));
    jest.setSystemTime(start + 50_000);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    expect(result.current).toBe(10);
  });

  it('cover months without a timer for each second', () => {
    let renders = 0;
    const month = 31 * 24 * 60 * 60 * 1000;
    const { result } = renderHook(() => {
      renders += 1;
      return useSecondsLeft(start + month);
    });
    pass(60 * 60 * 1000);
    expect(result.current).toBe(month / 1000 - 3600);
    expect(renders).toBeLessThan(70);
  });

  it('leave no timer when the page is left', () => {
    const { unmount } = renderHook(() => useSecondsLeft(start + 10_000));
    expect(jest.getTimerCount()).toBe(1);
    unmount();
    expect(jest.getTimerCount()).toBe(0);
  });
});
