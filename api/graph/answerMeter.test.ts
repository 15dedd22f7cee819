import { createKeyedLimit } from '../process/keyedLimit.ts';
import { createAnswerMeter, sizeOf } from './answerMeter.ts';

describe('the size of an answer', () => {
  it.each([
    ['text', { a: 'x'.repeat(1000) }],
    ['text that is escaped', { a: '"\\\u0001\n'.repeat(1000) }],
    ['text of other alphabets', { a: '漢字'.repeat(1000) }],
    ['long names', { ['n'.repeat(5000)]: 1 }],
    ['lists', Array.from({ length: 1000 }, (_, id) => ({ id: `conversation ${id}`, pinned: false }))],
  ])('is what %s takes as JSON, within a fifth', (_what, value) => {
    const real = Buffer.byteLength(JSON.stringify(value));
    const measured = sizeOf(value, Number.MAX_SAFE_INTEGER, true);
    expect(measured).toBeGreaterThan(real * 0.8);
    expect(measured).toBeLessThan(real * 1.2);
  });

  it('is counted no further than the limit, however often a text is repeated', () => {
    const text = 'x'.repeat(1_000_000);
    const size = sizeOf(
      Array.from({ length: 10_000 }, () => text),
      5_000_000,
      true,
    );
    expect(size).toBeGreaterThan(5_000_000);
    expect(size).toBeLessThan(7_000_000);
  });

  it('is not limited by how deep a value is nested', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(sizeOf(deep, Number.MAX_SAFE_INTEGER, true)).toBeGreaterThan(200_000);
  });
});

describe('what an operation loads', () => {
  it('ends before the next load, once it is more than an answer may have', async () => {
    const meter = createAnswerMeter({ limit: 10_000, turns: createKeyedLimit(2), caller: 'one' });
    let loads = 0;
    const load = () =>
      meter.load(async () => {
        loads += 1;
        return [{ systemPrompt: 'x'.repeat(4000) }];
      });
    const all = await Promise.allSettled(Array.from({ length: 50 }, load));
    expect(loads).toBeLessThan(6);
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(48);
    expect(refused[0]).toMatchObject({ reason: { code: 'TOO_COMPLEX' } });
    meter.reset();
    await load();
  });
});
