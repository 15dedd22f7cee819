import { throttle } from './throttle.ts';

describe('at most every so often', () => {
  it('acts at once, then once for all that asked meanwhile', async () => {
    const at: number[] = [];
    const second = Promise.withResolvers<void>();
    const ask = throttle(50, () => {
      at.push(performance.now());
      if (at.length === 2) second.resolve();
    });
    for (let count = 0; count < 100; count += 1) ask();
    expect(at).toHaveLength(1);
    const alive = setTimeout(() => {}, 5000);
    await second.promise;
    clearTimeout(alive);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(45);
    ask.stop();
  });

  it('does nothing more once it is stopped', () => {
    let acts = 0;
    const ask = throttle(10_000, () => {
      acts += 1;
    });
    ask();
    ask();
    ask.stop();
    ask();
    expect(acts).toBe(2);
    ask.stop();
  });
});
