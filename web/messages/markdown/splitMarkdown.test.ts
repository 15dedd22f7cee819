import { loadBlockLexer } from './blockLexer.ts';
import { corpus, hostile } from './corpus.testing.ts';
import { createSplitter, hasOpenFence } from './splitMarkdown.ts';

const texts = [...corpus.map(([, text]) => text), ...hostile];

beforeAll(() => loadBlockLexer());

describe('splitting Markdown', () => {
  it('keeps every character', () => {
    for (const text of texts) expect(createSplitter()(text).join('')).toBe(text.replaceAll('\r\n', '\n'));
  });

  it('splits a growing text as one that is there at once', () => {
    for (const text of [...texts, texts.join('\n\n')]) {
      const split = createSplitter();
      for (let length = 0; length <= text.length; length += length < 2_000 ? 1 : 37) {
        const part = text.slice(0, length);
        expect(split(part)).toEqual(createSplitter()(part));
      }
    }
  });

  it('returns the same blocks for the same text', () => {
    const split = createSplitter();
    expect(split('One\n\nTwo')).toBe(split('One\n\nTwo'));
    expect(split('Another')).toEqual(['Another']);
  });

  it.each([
    ['a footnote', 'One[^1].\n\nTwo.\n\n[^1]: Note'],
    ['a footnote in other letters', 'Eins[^größe].\n\nZwei.\n\n[^größe]: Eine Anmerkung'],
    ['a footnote in a quote', 'One[^1].\n\n> Two.\n>\n> [^1]: A note'],
    ['a reference', 'One [a].\n\nTwo.\n\n[a]: https://example.com'],
    ['a formula', '$$\na\n\nb\n$$\n\n'],
  ])('leaves %s in one block', (_, text) => {
    expect(createSplitter()(text)).toEqual([text]);
  });
});

describe('a text that looks like a definition', () => {
  it.each([
    ['a regular expression', '```js\nconst other = /[^a-z]:/;\n```\n\n', 'Two.'],
    ['one in an item', '- Then:\n\n  ```js\n  const other = /[^a-z]:/;\n  ```\n\n', 'Two.'],
    ['a key of an object', '```js\nx = {\n  [key]: 1,\n};\n```\n\n', 'Two.'],
    ['a mark without its footnote', 'One[^1].\n\n', 'Two.'],
  ])('is split: %s', (_, first, second) => {
    expect(createSplitter()(first + second)).toEqual([first, second]);
  });
});

describe('an open fence', () => {
  it.each([
    ['```js\nlet a;', true],
    ['```js\nlet a;\n```', false],
    ['````\n```\nx', true],
    ['~~~\n```\nx', true],
    ['text ``` in a line', false],
  ])('is found in %j: %s', (text, isOpen) => {
    expect(hasOpenFence(text)).toBe(isOpen);
  });
});
