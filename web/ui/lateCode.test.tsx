import { render, screen } from '@testing-library/react';
import { lateCode } from './lateCode.ts';

let loads = 0;
let isReachable = true;
beforeEach(() => {
  loads = 0;
});

const load = async () => {
  loads += 1;
  if (!isReachable) throw new Error('The server is unreachable.');
  return { greeting: 'Hello' };
};
const useGreeting = lateCode(load);
const useAnother = lateCode(load);

const Greeting = ({ isNeeded }: { isNeeded: boolean }) => (
  <p>{useGreeting(isNeeded)?.greeting ?? 'Nothing'}</p>
);
const Another = () => <p>{useAnother()?.greeting ?? 'Nothing'}</p>;

describe('code that loads late', () => {
  it('loads once, with the first component that needs it', async () => {
    const { rerender } = render(<Greeting isNeeded={false} />);
    expect(screen.getByText('Nothing')).toBeTruthy();
    expect(loads).toBe(0);
    rerender(<Greeting isNeeded />);
    await screen.findByText('Hello');
    render(<Greeting isNeeded />);
    expect(screen.getAllByText('Hello')).toHaveLength(2);
    expect(loads).toBe(1);
  });

  it('retries with the next component if it can not be loaded', async () => {
    isReachable = false;
    const { unmount } = render(<Another />);
    await Promise.resolve();
    expect(screen.getByText('Nothing')).toBeTruthy();
    unmount();
    isReachable = true;
    render(<Another />);
    await screen.findByText('Hello');
    expect(loads).toBe(2);
  });
});
