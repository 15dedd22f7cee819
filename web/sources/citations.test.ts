import { citedNumbers } from './citations.ts';

describe('the numbers that a text cites', () => {
  it.each<[string, readonly number[]]>([
    ['One [2] and [1], again [2].', [1, 2]],
    ['Both [1, 3].', [1, 3]],
    ['Unknown [4] and [0].', []],
    ['`a[1]` is code.', []],
    ['```js\na[1]\n```\nText [2].', [2]],
    ['```js\na[1]', []],
  ])('are those of sources, outside of code: %j', (text, numbers) => {
    expect(citedNumbers(text, 3)).toEqual(numbers);
  });
});
