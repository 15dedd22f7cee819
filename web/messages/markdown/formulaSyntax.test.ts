import { fromMarkdown } from 'mdast-util-from-markdown';
import { formulaSyntax } from './formulaSyntax.ts';
import { formulasFromMarkdown } from './formulaTree.ts';

const parse = (text: string) =>
  fromMarkdown(text, { extensions: [formulaSyntax], mdastExtensions: [formulasFromMarkdown] });

interface Node {
  readonly type: string;
  readonly children?: readonly Node[];
  readonly data?: { readonly hChildren?: readonly { readonly value: string }[] };
}

/** Returns the sources of all formulas in a text. */
const formulasIn = (text: string): readonly string[] => {
  const found: string[] = [];
  const visit = ({ type, children = [], data }: Node) => {
    if (type === 'formula') found.push(data?.hChildren?.[0]?.value ?? '');
    for (const child of children) visit(child);
  };
  visit(parse(text) as Node);
  return found;
};

/** Returns the shortest of three times for parsing a text, in ms. */
const timeOf = (text: string): number =>
  Math.min(
    ...Array.from({ length: 3 }, () => {
      const begin = performance.now();
      parse(text);
      return performance.now() - begin;
    }),
  );

describe('formulas', () => {
  it.each([
    ['an opening that is never closed', '\\(a and \\(b\\)', ['b']],
    ['a bracket that is never closed', 'See \\[a and \\[x^2\\]', ['x^2']],
    ['two on one line', '$$a$$ and $$b$$', ['a', 'b']],
    ['text that is set between', '\\[x \\text{ if \\(y\\)}\\]', ['x \\text{ if \\(y\\)}']],
  ])('are found beside %s', (_, text, expected) => {
    expect(formulasIn(text)).toEqual(expected);
  });

  it.each([
    ['\\(', '\\( '],
    ['\\[', '\\[ '],
    ['\\[ before one end', '\\[ a ', '\\]'],
    ['$$', '$$a b\n\n'],
    ['\\[ on lines of its own', '\\[\na\n'],
  ])('are read once, however often one begins: %s', (_, opening, end = '') => {
    const [few, many] = [1_000, 8_000].map((count) => timeOf(opening.repeat(count) + end));
    // Eight times as long. Each opening read to the end of the text would take 64 times as long.
    expect((many ?? 0) / (few ?? 1)).toBeLessThan(25);
  });
});
