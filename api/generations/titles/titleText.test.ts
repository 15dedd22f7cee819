import { titleIn, titlePrompt } from './titleText.ts';

describe('a title in an answer', () => {
  it.each([
    ['Baking bread', 'Baking bread'],
    ['"Baking bread."', 'Baking bread'],
    ['Title: **Baking bread**\nIt is about bread.', 'Baking bread'],
    ['<think>\nHm.\n</think>\n\nBaking bread', 'Baking bread'],
    ['# „Brot backen“', 'Brot backen'],
    ['面包', '面包'],
  ])('%j is %j', (text, title) => expect(titleIn(text)).toBe(title));

  it.each(['', '  ', '...', '<think>I never end', '“”'])('%j has none', (text) =>
    expect(titleIn(text)).toBeNull(),
  );

  it('is short', () => expect(titleIn('word '.repeat(100))?.length).toBeLessThanOrEqual(61));
});

it('the prompt of a title is short and well-formed', () => {
  const [, asked] = titlePrompt('😀'.repeat(100_000), `x${'😀'.repeat(100_000)}`);
  expect(asked?.content.length).toBeLessThan(2_200);
  expect(asked?.content.isWellFormed()).toBe(true);
});
