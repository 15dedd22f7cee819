import { throttle } from './throttle.ts';

describe('a throttled function', () => {
  it('runs at once, then once for all calls within the interval', async () => {
    const at: number[] = [];
    const second = Promise.withResolvers<void>();
    const call = throttle(50, () => {
      at.push(performance.now());
      if (at.length === 2) second.resolve();
    });
    for (let count = 0; count < 100; count += 1) call();
    expect(at).toHaveLength(1);
    const alive = setTimeout(() => {}, 5000);
    await second.promise;
    clearTimeout(alive);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(45);
    call.stop();
  });

  it('drops its pending run when it is stopped', () => {
    let runs = 0;
    const call = throttle(10_000, () => {
      runs += 1;
    });
    call();
    call();
    call.stop();
    call();
    expect(runs).toBe(2);
    call.stop();
  });
});
