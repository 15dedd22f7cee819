import { spokenParts, spokenText } from './spokenText.ts';

it.each([
  ['# Title\n\nSome **bold** and _soft_ words.', 'Title\nSome bold and soft words.'],
  ['See [the docs](https://example.com/a_b_c) and `npm start`.', 'See the docs and npm start.'],
  ['Before\n\n```js\nconst a = 1;\n```\n\nAfter', 'Before\nCode.\nAfter'],
  ['Before\n\n```js\nconst a = 1;', 'Before\nCode.'],
  ['- one\n- [x] two\n1. three\n> four', 'one\ntwo\nthree\nfour'],
  ['| a | b |\n| --- | --- |\n| 1 | 2 |', 'a, b\n1, 2'],
  ['2 * 3 * 4, snake_case and an_other', '2 * 3 * 4, snake_case and an_other'],
  ['***all*** of __it__, ~~not~~ **a _mix_ too**', 'all of it, not a mix too'],
  ['A note[^1].\n\n[^1]: The source.', 'A note.\nThe source.'],
])('speaks %j as %j', (markdown, spoken) => {
  expect(spokenText(markdown)).toBe(spoken);
});

it('splits a long text at its sentences, and loses nothing of it', () => {
  const text = Array.from({ length: 40 }, (_, index) => `This is sentence ${index}.`).join(' ');
  const parts = spokenParts(text);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every((part) => part.length <= 240 && part.endsWith('.'))).toBe(true);
  expect(parts.join(' ')).toBe(text);
});

it('splits a text without spaces, between characters', () => {
  const text = '😀'.repeat(301);
  expect(spokenParts(text).join('')).toBe(text);
  expect(spokenParts(text).every((part) => part.isWellFormed())).toBe(true);
});

it('is fast on a hostile text', () => {
  const began = performance.now();
  for (const text of ['*'.repeat(50_000), '['.repeat(50_000), '|'.repeat(50_000), '`'.repeat(50_000)])
    spokenParts(spokenText(text));
  expect(performance.now() - began).toBeLessThan(5_000);
});
