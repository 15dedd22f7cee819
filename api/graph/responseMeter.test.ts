import { createKeyedLimit } from '../process/keyedLimit.ts';
import { createResponseMeter, sizeOf } from './responseMeter.ts';

describe('the measured size of a response', () => {
  it.each([
    ['text', { a: 'x'.repeat(1000) }],
    ['text with escapes', { a: '"\\\u0001\n'.repeat(1000) }],
    ['text in other scripts', { a: '漢字'.repeat(1000) }],
    ['long names', { ['n'.repeat(5000)]: 1 }],
    ['lists', Array.from({ length: 1000 }, (_, id) => ({ id: `conversation ${id}`, pinned: false }))],
  ])('is within 20 % of the JSON size for %s', (_what, value) => {
    const real = Buffer.byteLength(JSON.stringify(value));
    const measured = sizeOf(value, Number.MAX_SAFE_INTEGER, true);
    expect(measured).toBeGreaterThan(real * 0.8);
    expect(measured).toBeLessThan(real * 1.2);
  });

  it('is counted only up to the limit, however often a text repeats', () => {
    const text = 'x'.repeat(1_000_000);
    const size = sizeOf(
      Array.from({ length: 10_000 }, () => text),
      5_000_000,
      true,
    );
    expect(size).toBeGreaterThan(5_000_000);
    expect(size).toBeLessThan(7_000_000);
  });

  it('does not depend on the call stack: values may be nested at any depth', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(sizeOf(deep, Number.MAX_SAFE_INTEGER, true)).toBeGreaterThan(200_000);
  });
});

describe('the loads of an operation', () => {
  it('may wait for loaders, even if lists take all places', async () => {
    const listLimit = createKeyedLimit(2);
    const loadList = () => {
      const meter = createResponseMeter({ limit: 10_000, listLimit, caller: 'one' });
      return meter.load(async () => [await meter.read(() => 'loaded')]);
    };
    expect(await Promise.all([loadList(), loadList(), loadList()])).toEqual(Array(3).fill(['loaded']));
  });

  it('are rejected once the loaded data exceeds the maximum size of a response', async () => {
    const meter = createResponseMeter({ limit: 10_000, listLimit: createKeyedLimit(2), caller: 'one' });
    let loads = 0;
    const load = () =>
      meter.load(async () => {
        loads += 1;
        return [{ systemPrompt: 'x'.repeat(4000) }];
      });
    const all = await Promise.allSettled(Array.from({ length: 50 }, load));
    expect(loads).toBeLessThan(6);
    const rejected = all.filter(({ status }) => status === 'rejected');
    expect(rejected).toHaveLength(48);
    expect(rejected[0]).toMatchObject({ reason: { code: 'TOO_COMPLEX' } });
    meter.reset();
    await load();
  });
});
