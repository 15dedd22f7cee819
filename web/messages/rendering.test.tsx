import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { Markdown } from './Markdown.tsx';

const Page = ({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) => (
  <Frame environment={createGraph().environment}>
    <Markdown text={text} isStreaming={isStreaming} />
  </Frame>
);
/** Renders a text. The highlighter, which its code may need, is loaded when this resolves. */
const show = async (text: string, isStreaming = false): Promise<HTMLElement> => {
  const { container } = render(<Page text={text} isStreaming={isStreaming} />);
  await act(async () => void (await import('./code/highlighter.ts')));
  return container;
};

/** Resolves to the TeX of the formulas in an element, once they are typeset. */
const formulas = async (element: Element, count: number): Promise<readonly (string | null)[]> => {
  await waitFor(() => expect(element.querySelectorAll('.katex')).toHaveLength(count), { timeout: 5_000 });
  return [...element.querySelectorAll('.katex annotation')].map(({ textContent }) => textContent);
};

const copiedCode = async () => {
  await screen.findByRole('button', { name: 'Copy code' });
  let copied = '';
  const writeText = async (text: string) => {
    copied = text;
  };
  const clipboard = { writeText };
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  fireEvent.click(screen.getByRole('button', { name: 'Copy code' }));
  await waitFor(() => expect(copied).not.toBe(''));
  return copied;
};

describe('code beside formulas (case 1)', () => {
  const code = "sed 's/\\(.*\\)/\\1/' f; cp $A/$B x";

  it.each([
    ['in a numbered item', `1. First:\n\n   \`\`\`bash\n   ${code}\n   \`\`\``],
    ['in a quote', `> \`\`\`bash\n> ${code}\n> \`\`\``],
    ['indented by 4 spaces', `Text:\n\n    ${code}`],
    ['in a quoted item', `> - \`\`\`\n>   ${code}\n>   \`\`\``],
  ])('is shown and copied byte by byte: %s', async (_, text) => {
    const page = await show(text);
    expect((await copiedCode()).trimEnd()).toBe(code);
    expect(page.querySelector('.code-block-body')?.textContent).toBe(code);
    expect(page.querySelector('.katex')).toBeNull();
  });

  it('is left alone within a line', async () => {
    expect((await show(`Run \`${code}\` now.`)).querySelector('code')?.textContent).toBe(code);
  });
});

describe('formulas by where they stand (case 2)', () => {
  it.each([
    ['1. First:\n   \\[ x = 1 \\]\n   then\n2. Second', 'li', ['x = 1']],
    ['| a | \\[x\\] |\n|---|---|\n| $y$ | \\(z\\) |', 'table', ['x', 'y', 'z']],
    ['> \\[\n> x\n> \\]', 'blockquote', ['x']],
    ['- a\n  $$\n  a \\\\[4pt] b\n  $$', 'li', ['a \\\\[4pt] b']],
    ['# The area $A$', 'h1', ['A']],
    ['**Euler:** \\(e^{i\\pi} = -1\\), a *good* one', 'p', ['e^{i\\pi} = -1']],
  ])('are inside of their item, cell or quote: %j', async (text, selector, expected) => {
    const page = await show(text);
    expect(await formulas(page.querySelector(selector) as Element, expected.length)).toEqual(expected);
  });

  it('keep the item after them', async () => {
    const page = await show('1. First:\n   \\[ x = 1 \\]\n   then\n2. Second');
    expect(page.querySelectorAll('ol')).toHaveLength(1);
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('keep the spacing of rows, beside another formula', async () => {
    expect(await formulas(await show('$$\na \\\\[4pt] b\n$$\n\n\\[ x \\]'), 2)).toEqual([
      'a \\\\[4pt] b',
      'x',
    ]);
  });

  it('keep lines that look like lists, headings and rules', async () => {
    const text = '\\[\na\n= b\n+ c\n- d\n\\]\n\nAfter *it*.';
    const page = await show(text);
    expect(await formulas(page, 1)).toEqual(['a\n= b\n+ c\n- d']);
    expect(page.querySelector('ul, h1, hr')).toBeNull();
    expect(page.querySelector('em')?.textContent).toBe('it');
  });

  it.each([
    ['see \\[1\\] and \\[2\\]', 'see [1] and [2]'],
    ['\\[1, 2\\] says so \\[sic\\].', '[1, 2] says so [sic].'],
    ['\\[citation needed\\]', '[citation needed]'],
    ['an open \\[ bracket\n\n- item', 'an open [ bracketitem'],
  ])('are not escaped brackets: %j', async (text, expected) => {
    const page = await show(text);
    expect(page.textContent?.replaceAll('\n', '')).toBe(expected);
    expect(page.querySelector('.katex, .formula-display')).toBeNull();
  });

  it('show their source if it is not valid TeX', async () => {
    const page = await show('\\(\\frac{1\\)');
    await waitFor(() => expect(page.querySelector('code')?.textContent).toBe('\\frac{1'));
    expect(page.querySelector('.katex-error')).toBeNull();
  });
});

describe('dollar signs (case 3)', () => {
  it.each([
    'Set $HOME/$USER and $PATH:$HOME/bin.',
    '$PATH. A 5$',
    'From $5 to $10, or 5$ and another 10$.',
    'It costs $5 and another 10$',
    'US$5 and AU$6$',
  ])('of prose are text: %j', async (text) => {
    const page = await show(text);
    expect(page.textContent).toBe(text);
    expect(page.querySelector('code')).toBeNull();
  });

  it.each([
    ['Let $x$ and $y_1$ be.', ['x', 'y_1']],
    ['In $O(n \\log n)$ or $O(n log n)$.', ['O(n \\log n)', 'O(n log n)']],
    ['The triangle $ABC$ has $AB = BC$.', ['ABC', 'AB = BC']],
    ['Display: $$x^2$$ here', ['x^2']],
  ])('delimit formulas: %j', async (text, expected) => {
    expect(await formulas(await show(text), expected.length)).toEqual(expected);
  });
});

describe('line breaks (case 5)', () => {
  it('and pairs of plain tags are the only HTML that is not text', async () => {
    const page = await show('| a |\n|---|\n| 1<br>2<br/>3 |\n\n<a>x</a> <b id="y">z</b> a<BR>b <b>bold</b>');
    const cell = within(page).getByRole('cell');
    expect(cell.querySelectorAll('br')).toHaveLength(2);
    expect(cell.textContent?.replaceAll('\n', '')).toBe('123');
    expect(page.querySelector('a, b, [id=y]')).toBeNull();
    expect(page.textContent).toContain('<a>x</a> <b id="y">z</b>');
    expect(page.querySelector('strong')?.textContent).toBe('bold');
  });
});

describe('text direction (case 6)', () => {
  it('is that of each block', async () => {
    const page = await show('مرحبا بك\n\n- واحد\n- اثنان\n\n> اقتباس\n\nEnglish\n\n```js\nlet a;\n```');
    const dirs = [...page.querySelectorAll('p, ul, blockquote')].map((block) => block.getAttribute('dir'));
    expect(dirs.filter((dir) => dir !== null)).toEqual(['rtl', 'rtl', 'rtl', 'ltr']);
    expect(page.querySelector('.code-block')?.getAttribute('dir')).toBe('ltr');
  });
});

describe('footnotes (case 7)', () => {
  const text = 'النص هنا[^1]\n\nEnglish[^größe]\n\n[^1]: ملاحظة\n[^größe]: note';

  it('keep the blocks and their direction', async () => {
    const page = await show(text);
    const blocks = [...(page.querySelector('.markdown')?.children ?? [])];
    expect(blocks.map(({ tagName }) => tagName)).toEqual(['P', 'P', 'SECTION']);
    expect(blocks.slice(0, 2).map((block) => block.getAttribute('dir'))).toEqual(['rtl', 'ltr']);
  });

  it('are jumped to within the answer, and back', async () => {
    const page = await show(text);
    const jumps: string[] = [];
    Element.prototype.scrollIntoView = function scrollIntoView() {
      jumps.push(this.id);
    };
    fireEvent.click(within(page).getByRole('link', { name: '2' }));
    expect(document.activeElement?.textContent).toContain('note');
    const back = page.querySelectorAll<HTMLElement>('section a[href^="#"]')[1] as HTMLElement;
    fireEvent.click(back);
    expect(document.activeElement?.textContent).toBe('2');
    expect(jumps).toHaveLength(2);
    expect(page.querySelector('a[target]')).toBeNull();
  });
});

describe('a formula while it streams (case 8)', () => {
  it.each([
    '\\[ \\hat{x} = \\frac{1}{2} \\]',
    '$$ \\hat{x} $$',
    '\\(\\left[0, 1\\right)\\)',
    '$$\nx_1 \\\\[2pt] y\n$$',
  ])('is a placeholder until it closes: %j', async (formula) => {
    const text = `See ${formula}`;
    const { container, rerender } = render(<Page text="" isStreaming />);
    for (let length = 1; length < text.length; length += 1) {
      rerender(<Page text={text.slice(0, length)} isStreaming />);
      expect(container.querySelector('a, .katex-error, .katex')).toBeNull();
      expect(container.textContent).toMatch(/^S?e?e? ?…?$/);
    }
    rerender(<Page text={text} isStreaming />);
    await formulas(container, 1);
    rerender(<Page text={`${text} and *on`} isStreaming />);
    expect(container.querySelector('em')?.textContent).toBe('on');
    expect(container.querySelectorAll('.katex')).toHaveLength(1);
  });

  it('is only text in code, and other marks are completed', async () => {
    expect((await show('```sh\necho $$ \\[ a[', true)).querySelector('pre')?.textContent).toBe(
      'echo $$ \\[ a[',
    );
    expect(
      (await show('See [a page](https://exa', true)).querySelector('a, [data-incomplete]')?.textContent,
    ).toBe('a page');
  });
});

describe('access', () => {
  it('labels tasks and lets the keyboard scroll code', async () => {
    const page = await show('- [x] one\n- [ ] two\n\n```js\nlet a;\n```');
    expect(screen.getByRole('checkbox', { name: 'Done' })).toBeTruthy();
    expect(screen.getByRole('checkbox', { name: 'To do' })).toBeTruthy();
    await screen.findByRole('button', { name: 'Copy code' });
    expect(page.querySelector('.code-block [tabindex="0"]')?.getAttribute('aria-label')).toBe('Code in js');
  });
});
