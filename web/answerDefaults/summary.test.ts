import { summaryOf } from './summary.ts';

it('a summary has what is set, the system prompt first', () => {
  expect(summaryOf('Be\n brief.', { temperature: 0, maxTokens: 5, topK: null, stop: ['a', 'b'] })).toBe(
    '“Be brief.”, temperature 0, max tokens 5, 2 stop sequences',
  );
  expect(summaryOf(null, { stop: ['a'] })).toBe('1 stop sequence');
  expect(summaryOf('', { contextLength: 4096 })).toBe('no system prompt, context of 4096 tokens');
});
