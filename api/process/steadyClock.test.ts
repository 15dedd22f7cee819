import { createSteadyClock } from './steadyClock.ts';

const hour = 3_600_000;

describe('a steady clock', () => {
  let wall = 0;
  let elapsed = 0;
  let clock: () => Date;
  beforeEach(() => {
    wall = Date.UTC(2026, 10, 27, 0, 5);
    elapsed = 1234;
    clock = createSteadyClock(
      () => wall,
      () => elapsed,
    );
  });
  const pass = (ms: number) => {
    wall += ms;
    elapsed += ms;
  };
  const time = () => clock().getTime();

  it("follows the machine's clock, also when that is set forward", () => {
    expect(time()).toBe(wall);
    pass(1000);
    expect(time()).toBe(wall);
    wall += 5 * hour;
    expect(time()).toBe(wall);
  });

  it("never goes back when the machine's clock is set back, and converges with it", () => {
    let last = time();
    wall -= hour;
    for (let minute = 0; minute < 130; minute += 1) {
      pass(60_000);
      const now = time();
      expect(now).toBeGreaterThanOrEqual(last);
      expect(now).toBeGreaterThanOrEqual(wall);
      last = now;
    }
    expect(time()).toBe(wall);
  });

  it('follows the correction of a clock that was wrong by more than a day', () => {
    wall += 400 * 24 * hour;
    time();
    wall -= 400 * 24 * hour;
    expect(time()).toBe(wall);
  });
});
