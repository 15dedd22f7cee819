import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import { fuseRankings } from './fusion.ts';
import { passageLimits } from './passage.ts';
import { splitPassages } from './split.ts';
import { passageTerms, questionTerms } from './terms.ts';

const split = (text: string, format: AttachmentFormat = 'TEXT', name = 'a.md') =>
  splitPassages(text, format, name).map(({ start, end, page, heading }) => ({
    text: text.slice(start, end),
    page,
    heading,
  }));
const long = (word: string, length = 400) => `${word} `.repeat(Math.ceil(length / (word.length + 1))).trim();

describe('the passages of a document', () => {
  it('end at pages', () => {
    const text = '[Page 1]\nFirst page.\n\n[Page 12]\nIts first line\n\nand another.';
    expect(split(text, 'PDF')).toEqual([
      { text: 'First page.', page: 1, heading: null },
      { text: 'Its first line\n\nand another.', page: 12, heading: null },
    ]);
    expect(split('[Page 1]\nnot a PDF')[0]).toMatchObject({ page: null });
    expect(split('[Slide 7]\nCosts\nYear | Cost\n\nNotes: Say hello.', 'PPTX')).toEqual([
      { text: 'Costs\nYear | Cost\n\nNotes: Say hello.', page: 7, heading: 'Costs' },
    ]);
  });

  it('begin at headings, and join short sections', () => {
    const text = `# One\n${long('alpha')}\n\n## Two ##\nshort\n\n### Three\n${long('beta')}\n\n# Four\nend`;
    expect(split(text).map(({ text: part, heading }) => [part.slice(0, 7), heading])).toEqual([
      ['# One\na', 'One'],
      ['## Two ', 'Two'],
      ['# Four\n', 'Four'],
    ]);
  });

  it('have the symbols of code, the sheets of workbooks, and the headings of Word', () => {
    const code = `import x;\n${long('a;')}\nexport const run = (x) => {\n${long('b;')}\n}\nclass Box {\n${long('c;')}`;
    expect(split(code, 'TEXT', 'a.ts').map(({ heading }) => heading)).toEqual([
      null,
      'export const run = (x) =>',
      'class Box',
    ]);
    expect(split('[Sheet Sales]\n1,2\n\n[Sheet Cost]\n3', 'XLSX').map(({ heading }) => heading)).toEqual([
      'Sales',
      'Cost',
    ]);
    const word = `Summary\n\n${long('body')}\n\nOutlook\n\n${long('more')}`;
    expect(split(word, 'DOCX').map(({ heading }) => heading)).toEqual(['Summary', 'Outlook']);
  });

  it.each([
    ['one line', 'x'.repeat(50_000)],
    ['emoji', '😀'.repeat(20_000)],
    ['sentences', 'A sentence ends here. '.repeat(3_000)],
    ['lines', 'a line of text\n'.repeat(5_000)],
    ['headings', '# H\n'.repeat(20_000)],
    ['paragraphs', 'para\n\n'.repeat(20_000)],
    ['nothing', ' \n\t\n'],
  ])('are bounded, and lose no text, of %s', (_name, text) => {
    const passages = splitPassages(text, 'TEXT', 'a.md');
    let at = 0;
    for (const [number, passage] of passages.entries()) {
      expect(passage.number).toBe(number);
      expect(text.slice(at, passage.start).trim()).toBe('');
      expect(passage.end - passage.start).toBeLessThanOrEqual(passageLimits.maxLength);
      expect(text.slice(passage.start, passage.end).isWellFormed()).toBe(true);
      at = passage.end;
    }
    expect(text.slice(at).trim()).toBe('');
    expect(passages.length).toBeLessThanOrEqual(1 + text.length / passageLimits.minLength);
  });

  it('are found quickly in a text of maximum length', () => {
    const text = `${'# Heading\nSome words, of a text. '.repeat(62_500)}`;
    const startedAt = performance.now();
    expect(splitPassages(text, 'TEXT', 'a.md').length).toBeLessThan(passageLimits.count);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

it('terms ignore case, accents and plurals, and keep numbers whole', () => {
  expect(passageTerms('Reports report; CRÈME, Lighthouses lighthouse 1234567890 数据库')).toEqual([
    'report',
    'creme',
    'lightho',
    '1234567890',
    '数据',
    '据库',
  ]);
  expect(questionTerms('What is the harbour?')).toEqual(['harbour']);
  expect(questionTerms('Who is it?')).toEqual(['who', 'is', 'it']);
  expect(questionTerms(Array.from({ length: 999 }, (_, at) => `word${at}`).join(' '))).toHaveLength(64);
});

it('reciprocal rank fusion prefers what several rankings have', () => {
  expect(
    fuseRankings(
      [
        ['a', 'b', 'c'],
        ['c', 'd'],
      ],
      (item) => item,
    ),
  ).toEqual(['c', 'a', 'b', 'd']);
  expect(fuseRankings([[], []], (item: string) => item)).toEqual([]);
});
