import { readFile } from 'node:fs/promises';
import { render } from '@testing-library/react';
import fc from 'fast-check';
import { OpenSource } from '../../sources/OpenSource.ts';
import { Frame } from '../../testing/Frame.tsx';
import { createGraph } from '../../testing/graph.ts';
import { Markdown } from '../Markdown.tsx';
import { loadBlockLexer } from './blockLexer.ts';
import { corpus, hostile } from './corpus.testing.ts';
import { shownHtml } from './shownHtml.testing.ts';

const { environment } = createGraph();
const Page = ({ text, isStreaming = false }: { text: string; isStreaming?: boolean }) => (
  <Frame environment={environment}>
    <OpenSource value={() => {}}>
      <Markdown text={text} isStreaming={isStreaming} sourceCount={3} />
    </OpenSource>
  </Frame>
);
const open = (text: string, isStreaming = false) => {
  const { container, rerender } = render(<Page text={text} isStreaming={isStreaming} />);
  const markdown = () => container.querySelector('.markdown') as Element;
  return {
    markdown,
    html: () => shownHtml(markdown()),
    show: (next: string, streams: boolean) => rerender(<Page text={next} isStreaming={streams} />),
  };
};

/** Fails if a page has what answers must never have. */
const expectHarmless = (page: Element): void => {
  const forbidden =
    'script, img, iframe, style, form, object, embed, base, details, [srcdoc], [src], .katex [href]';
  expect(page.querySelectorAll(forbidden)).toHaveLength(0);
  for (const element of page.querySelectorAll('*')) {
    if (element.closest('.katex')) continue;
    const names = element.getAttributeNames().filter((name) => /^on|^style$|^srcset$|^action$/.test(name));
    expect(names.filter((name) => name !== 'style' || !/^(?:TH|TD)$/.test(element.tagName))).toEqual([]);
    if (element.matches('a a, a button, button a'))
      throw new Error('An answer has a link or a button in a link.');
    const address = element.getAttribute('href');
    if (address === null || address.startsWith('#')) continue;
    // A path must stay one: `//host/x` and `/\host/x` are addresses of other servers.
    expect(address).toMatch(/^(?:https?|ircs?|mailto|tel|xmpp):|^\/(?![/\\])/);
    expect(new URL(address, 'https://chat.example/').protocol).toMatch(/^(?:https?|ircs?|mailto|tel|xmpp):$/);
    expect(element.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(element.getAttribute('target')).toBe('_blank');
  }
};

beforeAll(() => loadBlockLexer());

describe('the corpus', () => {
  let expected: Readonly<Record<string, string>>;
  beforeAll(async () => {
    expected = JSON.parse(await readFile(`${import.meta.dirname}/corpus.json`, 'utf8'));
  });

  it.each(corpus)('is shown as expected: %s', (name, text) => {
    expect(open(text).html()).toBe(expected[name]);
  });

  it.each(corpus)('grows by each character to the same end: %s', (name, text) => {
    const { html, show } = open('', true);
    for (let length = 1; length <= text.length; length += 1) show(text.slice(0, length), true);
    show(text, false);
    expect(html()).toBe(expected[name]);
  });
});

describe('hostile Markdown', () => {
  it.each(hostile)('is harmless, as a whole and at each length: %j', (text) => {
    expectHarmless(open(text).markdown());
    const { markdown, show } = open('', true);
    for (let length = 1; length <= text.length; length += 1) {
      show(text.slice(0, length), true);
      expectHarmless(markdown());
    }
  });

  it('is harmless in any combination', () => {
    const parts = [...hostile, ...corpus.map(([, text]) => text)].flatMap((text) =>
      text.split(/(?<=[\s([`|<])/),
    );
    const piece = fc.oneof(
      fc.constantFrom(...parts),
      fc.constantFrom('\n', '\n\n', '> ', '- ', '| ', '[', '](', ')', '`', '<'),
    );
    const { markdown, show } = open('', false);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.boolean(), (pieces, isStreaming) => {
        show(pieces.join(''), isStreaming);
        expectHarmless(markdown());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a growing answer', () => {
  it('changes only its last block in the page', async () => {
    const start = '# Title\n\nA *first* paragraph.\n\n- one\n- two\n\n```js\nlet a = 1;\n```\n\n';
    const { markdown, show } = open(start, true);
    const before = [...markdown().children];
    const changed = new Set<Node>();
    const observer = new MutationObserver((records) => {
      for (const { target } of records) changed.add(target);
    });
    observer.observe(markdown(), { subtree: true, childList: true, characterData: true, attributes: true });
    const end = 'The **last** one, [with a link](https://example.com).';
    for (let length = 1; length <= end.length; length += 1) show(start + end.slice(0, length), true);
    observer.disconnect();
    for (const record of observer.takeRecords()) changed.add(record.target);
    expect([...markdown().children].slice(0, before.length)).toEqual(before);
    for (const block of before) expect([...changed].some((node) => block.contains(node))).toBe(false);
  });

  it('keeps its blocks when it ends', () => {
    const text = 'One.\n\nTwo.\n\nThree is **open';
    const { markdown, show } = open(text, true);
    const before = [...markdown().children];
    show(`${text}**.`, false);
    expect([...markdown().children]).toEqual(before);
    expect(markdown().textContent).toBe('One.Two.Three is open.');
  });
});
