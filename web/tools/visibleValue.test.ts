import { visibleValue } from './visibleValue.ts';

/** The value as text, with strings between ⟨ and ⟩ and escapes between < and >. */
const shown = (value: unknown, limits = {}) =>
  visibleValue(value, limits)
    .tokens.map(({ isString, parts }) => {
      const text = parts.map((part) => (part.isEscape ? `<${part.text}>` : part.text)).join('');
      return isString ? `⟨${text}⟩` : text;
    })
    .join('');

describe('a value that a person has to see', () => {
  it.each([
    ['Hello', '"⟨Hello⟩"'],
    ['20', '"⟨20⟩"'],
    [20, '20'],
    [-0.5, '-0.5'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'null'],
    [[], '[]'],
    [{}, '{}'],
    [[1, 'a'], '[\n  1,\n  "⟨a⟩"\n]'],
    [{ a: { b: 'c' } }, '{\n  "⟨a⟩": {\n    "⟨b⟩": "⟨c⟩"\n  }\n}'],
  ])('is shown as JSON: %j', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('has its strings and names isolated, and their hidden characters escaped', () => {
    expect(shown({ 'to\u202e': 'a\u2066"b' })).toBe('{\n  "⟨to<\\u202E>⟩": "⟨a<\\u2066><\\">b⟩"\n}');
    expect(shown(JSON.parse('{"__proto__": 1}'))).toBe('{\n  "⟨__proto__⟩": 1\n}');
  });

  it('is cut off after a number of characters, of which an escape is one', () => {
    expect(shown('abcdef', { maxLength: 4 })).toBe('"⟨abc⟩');
    expect(visibleValue('abcdef', { maxLength: 4 }).more).toBe(4);
    expect(shown('a\u202e😀def', { maxLength: 4 })).toBe('"⟨a<\\u202E>😀⟩');
    expect(visibleValue('abcdef', { maxLength: 8 }).more).toBe(0);
  });

  it('is cut off after a number of lines, wherever they come from', () => {
    const text = 'x\n'.repeat(5);
    expect(shown(text, { maxLines: 2 })).toBe('"⟨x<\\n>x<\\n>⟩');
    expect(visibleValue(text, { maxLines: 2 }).more).toBe(7);
    expect(shown([1, 2, 3], { maxLines: 2 })).toBe('[\n  1,\n  ');
  });

  it('may be deep', () => {
    const deep = JSON.parse('['.repeat(4_000) + ']'.repeat(4_000)) as unknown;
    const { tokens } = visibleValue(deep);
    expect(tokens.flatMap(({ parts }) => parts).reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(
      400_000,
    );
  });
});
