import { ask } from './engine.testing.ts';
import { estimateTextTokens, estimateTokens } from './estimate.ts';
import { TokenEstimates } from './tokenEstimates.ts';

describe('the estimate of tokens', () => {
  // Token counts of Llama 3's tokenizer, rounded; the estimate may be higher, so that a prompt fits.
  it.each([
    ['English', 'The quick brown fox jumps over the lazy dog near the river bank. '.repeat(20), 14 * 20],
    ['Chinese', '机器学习是人工智能的一个分支它使计算机能够从数据中学习'.repeat(20), 17 * 20],
    ['Arabic', 'التعلم الآلي هو فرع من فروع الذكاء الاصطناعي'.repeat(20), 14 * 20],
    ['code', 'for (let i = 0; i < n; i++) {\n    sum += a[i] * b[i];\n}\n'.repeat(20), 27 * 20],
    ['Russian', 'Машинное обучение является разделом искусственного интеллекта. '.repeat(20), 15 * 20],
  ])('of %s is neither far too low nor far too high', (_name, text, tokens) => {
    const estimate = estimateTextTokens(text);
    expect(estimate).toBeGreaterThan(tokens * 0.8);
    expect(estimate).toBeLessThan(tokens * 2.5);
  });

  it('takes linear time for a long text', () => {
    const startedAt = performance.now();
    estimateTextTokens('a1 '.repeat(330_000));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('is corrected by what the engine reports, up at once and down slowly', () => {
    const estimates = new TokenEstimates();
    const messages = ask('many words '.repeat(100));
    const raw = estimateTokens(messages);
    expect(estimates.of('m', messages)).toBe(raw);
    estimates.note('m', messages, raw * 2);
    expect(estimates.of('m', messages)).toBe(raw * 2);
    expect(estimates.of('other', messages)).toBe(raw);
    estimates.note('m', messages, raw);
    expect(estimates.of('m', messages)).toBeLessThan(raw * 2);
    expect(estimates.of('m', messages)).toBeGreaterThan(raw * 1.5);
    estimates.note('m', ask('Hi.'), 500);
    expect(estimates.of('m', messages)).toBeLessThan(raw * 2);
  });

  it('exceeds a context that the engine found too small', () => {
    const estimates = new TokenEstimates();
    const messages = ask('many words '.repeat(100));
    estimates.noteExceeded('m', messages, 1_000);
    expect(estimates.of('m', messages)).toBeGreaterThan(1_000);
  });
});
