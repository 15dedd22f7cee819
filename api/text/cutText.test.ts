import { cutText } from './cutText.ts';

describe('cutText', () => {
  it.each([
    ['a text that fits', 'ab😀', 4, 'ab😀'],
    ['a longer one', 'abcdef', 3, 'abc'],
    ['one in the middle of a character', 'ab😀d', 3, 'ab'],
    ['one after a character', 'ab😀d', 4, 'ab😀'],
    ['everything', 'abc', -1, ''],
  ])('cuts %s', (_, text, length, expected) => {
    expect(cutText(text, length)).toBe(expected);
  });
});
