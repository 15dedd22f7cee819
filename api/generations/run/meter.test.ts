import { done } from '../generations.testing.ts';
import { createMeter } from './meter.ts';

describe('a meter', () => {
  const text = { type: 'text', text: 'a' } as const;

  it('uses the numbers of the engine if it reported some', () => {
    const meter = createMeter(null);
    meter.setPromptTokens(99);
    meter.count(text);
    meter.count(done);
    expect(meter.usage()).toMatchObject({ promptTokens: 5, completionTokens: 7, loadMs: 1, promptMs: 2 });
    expect(meter.usage().tokensPerSecond).toBeCloseTo(7000 / 3);
  });

  it('counts chunks and uses the estimated prompt if the engine was stopped', () => {
    const meter = createMeter(null);
    meter.setPromptTokens(11);
    for (let count = 0; count < 3; count += 1) meter.count(text);
    expect(meter.chunks).toBe(3);
    const usage = meter.usage();
    expect(usage).toMatchObject({ promptTokens: 11, completionTokens: 3 });
    expect(usage.timeToFirstTokenMs).not.toBeNull();
    expect(usage).not.toHaveProperty('loadMs');
  });

  it('leaves out waits for the user, before and after the first token', () => {
    const meter = createMeter(null);
    meter.exclude(1_000_000);
    meter.count(text);
    const first = meter.usage().timeToFirstTokenMs;
    meter.exclude(1_000_000);
    expect(meter.usage().timeToFirstTokenMs).toBeCloseTo(first ?? Number.NaN);
    expect(meter.usage().durationMs).toBeLessThan(0);
  });

  it('reports no usage before the first chunk', () => {
    const meter = createMeter(null);
    expect(meter.usage()).toMatchObject({
      promptTokens: 0,
      completionTokens: 0,
      tokensPerSecond: null,
      timeToFirstTokenMs: null,
    });
  });

  it('adds the usage of earlier attempts, except for speed and time to first token', () => {
    const first = createMeter(null);
    first.count(text);
    first.count(done);
    const earlier = first.usage();
    const second = createMeter(earlier);
    second.count(text);
    expect(second.chunks).toBe(1);
    expect(second.usage()).toMatchObject({ promptTokens: 5, completionTokens: 8 });
    expect(second.usage().durationMs).toBeGreaterThanOrEqual(earlier.durationMs);
  });
});
