import { jest } from '@jest/globals';
import { act, render, screen } from '@testing-library/react';
import { useToday } from './useToday.ts';

const Day = () => <output>{useToday().getDate()}</output>;

describe('today', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    jest.setSystemTime(new Date(2026, 10, 26, 23, 59, 0));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('changes at midnight, every night', async () => {
    render(<Day />);
    for (const day of ['26', '27', '28']) {
      expect(screen.getByRole('status').textContent).toBe(day);
      await act(async () => void jest.advanceTimersByTime(24 * 3_600_000));
    }
  });

  it('changes when a tab that was suspended becomes visible', async () => {
    render(<Day />);
    jest.setSystemTime(new Date(2026, 10, 27, 8));
    await act(async () => void document.dispatchEvent(new Event('visibilitychange')));
    expect(screen.getByRole('status').textContent).toBe('27');
  });
});
