import { createThoughtSplitter } from './thoughts.ts';

const split = (chunks: readonly string[], textSoFar = '') => {
  const splitter = createThoughtSplitter(textSoFar);
  const parts = [...chunks.map((chunk) => splitter.split(chunk)), splitter.end()];
  return {
    text: parts.map(({ text }) => text).join(''),
    thinking: parts.map(({ thinking }) => thinking).join(''),
  };
};

describe('thoughts in an answer', () => {
  const answer = '<think>\nlet me see\n</think>\n\nFour.';

  it('are separated, however the answer is cut', () => {
    for (let size = 1; size <= answer.length; size += 1) {
      const chunks = answer.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
      expect(split(chunks)).toEqual({ text: 'Four.', thinking: '\nlet me see\n' });
    }
  });

  it.each(['Four.', '<b>Four</b>', 'Write <think> and </think>.', '  <thin', '<thinking>Four', '<', ''])(
    'are only those between tags at the start: %j',
    (text) => {
      expect(split([...text])).toEqual({ text, thinking: '' });
      expect(split([text])).toEqual({ text, thinking: '' });
    },
  );

  it('may have no end, or part of a tag', () => {
    expect(split(['<think>a', ' < b </thi', 'nk'])).toEqual({ text: '', thinking: 'a < b </think' });
    expect(split(['<think></think>', '\n', 'x'])).toEqual({ text: 'x', thinking: '' });
  });

  it('do not follow the text of an earlier attempt', () => {
    expect(split(['<think>x</think>'], 'It is')).toEqual({ text: '<think>x</think>', thinking: '' });
  });
});
