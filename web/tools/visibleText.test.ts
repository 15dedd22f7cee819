import { t } from '@lingui/core/macro';
import { visibleParts, visibleText } from './visibleText.ts';

/** The text with its escapes in brackets. */
const marked = (text: string, options = {}) =>
  visibleParts(text, options)
    .map((part) => (part.isEscape ? `<${part.text}>` : part.text))
    .join('');

describe('a text whose characters can all be seen', () => {
  it.each([
    [
      'of control characters',
      'a\u0000b\u001b[2Jc\u007fd\u0085e',
      'a<\\u0000>b<\\u001B>[2Jc<\\u007F>d<\\u0085>e',
    ],
    ['of line breaks and tabs', 'a\r\nb\tc', 'a<\\r><\\n>b<\\t>c'],
    ['of overrides of the direction', 'x\u202ey\u202cz', 'x<\\u202E>y<\\u202C>z'],
    [
      'of isolates and marks of a direction',
      '\u2066\u2069\u200e\u061c',
      '<\\u2066><\\u2069><\\u200E><\\u061C>',
    ],
    [
      'without a width',
      'pay\u200b\u200c\u200d\u2060\ufeffpal',
      'pay<\\u200B><\\u200C><\\u200D><\\u2060><\\uFEFF>pal',
    ],
    ['of soft hyphens', 'a\u00adb', 'a<\\u00AD>b'],
    ['of tags', 'a\u{e0001}\u{e0041}b', 'a<\\u{E0001}><\\u{E0041}>b'],
    ['of variations', 'a\ufe0f\u{e0100}b', 'a<\\uFE0F><\\u{E0100}>b'],
    ['of fillers', '\u115f\u3164\uffa0\u2800', '<\\u115F><\\u3164><\\uFFA0><\\u2800>'],
    ['of separators of lines and paragraphs', 'a\u2028b\u2029c', 'a<\\u2028>b<\\u2029>c'],
    ['of unusual spaces', 'a\u00a0b\u2003c\u202fd\u3000e', 'a<\\u00A0>b<\\u2003>c<\\u202F>d<\\u3000>e'],
    ['of lone surrogates', 'a\ud83db\udc00', 'a<\\uD83D>b<\\uDC00>'],
    ['for private use, and unassigned', '\ue000\uffff\u{10ffff}', '<\\uE000><\\uFFFF><\\u{10FFFF}>'],
    ['of backslashes', 'C:\\u202E', 'C:<\\\\>u202E'],
  ])('has escapes %s', (_kind, text, expected) => {
    expect(marked(text)).toBe(expected);
  });

  it.each(['plain text, 1 + 1', 'Größe', 'שלום', 'مرحبا', 'नमस्ते', '漢字', '😀', 'a  b', '“…”'])(
    'shows %s as it is',
    (text) => {
      expect(visibleParts(text)).toEqual([{ text, isEscape: false }]);
    },
  );

  it('has no more combining marks on a character than a language needs', () => {
    expect(marked(`a${'\u0301'.repeat(6)}b\u0301`)).toBe(`a${'\u0301'.repeat(4)}<\\u0301><\\u0301>b\u0301`);
  });

  it('has no quotation mark in quotes', () => {
    expect(marked('a"b', { isQuoted: true })).toBe('a<\\">b');
    expect(marked('a"b')).toBe('a"b');
  });

  it.each([
    ['in parts', (text: string) => marked(text).replace(/[<>]/g, '')],
    ['in a label', visibleText],
  ])('looks different from any other text, %s', (_where, show) => {
    const texts = ['\u202e', '\\u202E', '\\\\u202E', '\\u{202E}', '\n', '\\n'];
    expect(new Set(texts.map(show)).size).toBe(texts.length);
  });

  it('stays so in a message, in which Lingui decodes escapes', () => {
    const label = (given: string) => {
      const name = visibleText(given);
      return t`Allow the call of ${name}`;
    };
    expect(label('read\u202email')).toBe('Allow the call of read\\u{202E}mail');
    expect(label('read\\u202Email')).toBe('Allow the call of read\\u{5C}u202Email');
    expect(label('read\\x00mail')).toBe('Allow the call of read\\u{5C}x00mail');
  });
});
