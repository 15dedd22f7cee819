import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/react';
import { OpenSource } from '../sources/OpenSource.ts';
import { Frame } from '../testing/Frame.tsx';
import { createGraph } from '../testing/graph.ts';
import { Markdown } from './Markdown.tsx';

const show = (text: string, isStreaming = false) =>
  render(
    <Frame environment={createGraph().environment}>
      <Markdown text={text} isStreaming={isStreaming} />
    </Frame>,
  ).container;

describe('rendered Markdown', () => {
  it('never runs HTML or scripts', () => {
    const page = show(
      '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> <svg onload=alert(1)>\n\n<b>bold</b>',
    );
    expect(page.querySelector('script, img, svg, b, [onerror], [onload]')).toBeNull();
    expect(page.textContent).toContain('<script>alert(1)</script>');
  });

  it.each(['javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x'])(
    'links to no address that runs code: %s',
    (address) => {
      const page = show(`[press](${address})`);
      expect(page.querySelector('a[href]')).toBeNull();
      expect(page.textContent).toContain('press');
    },
  );

  it('links to other sites without a referrer', () => {
    show('[a page](https://example.com/x)');
    const link = screen.getByRole('link', { name: 'a page' });
    expect(link.getAttribute('rel')).toContain('noopener noreferrer');
    expect(link.getAttribute('target')).toBe('_blank');
  });

  it('shows a link instead of fetching an image', () => {
    const page = show('![a chart](https://tracker.example/x.png?q=secret)');
    expect(page.querySelector('img')).toBeNull();
    expect(screen.getByRole('link', { name: 'a chart (picture on tracker.example)' })).toBeTruthy();
  });

  it('has tables, lists and code with a copy button', async () => {
    show('| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n```js\nlet a = 1;\n```');
    expect(screen.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['1', '2']);
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    expect(await screen.findByRole('button', { name: 'Copy code' })).toBeTruthy();
  });

  const cite = (text: string, count: number) => {
    const opened: number[] = [];
    const { container } = render(
      <Frame environment={createGraph().environment}>
        <OpenSource value={(number) => opened.push(number)}>
          <Markdown text={text} isStreaming={false} sourceCount={count} />
        </OpenSource>
      </Frame>,
    );
    return { container, opened };
  };
  const citations = () => screen.queryAllByRole('button', { name: /^Source/ }).map((one) => one.textContent);

  it('opens the sources that it cites, also in lists, tables and with several numbers', () => {
    const { opened } = cite('One [1], two [2][3].\n\n- **both [1, 2]**\n\n| a |\n|---|\n| b [3] |', 3);
    expect(citations()).toEqual(['[1]', '[2]', '[3]', '[1]', '[2]', '[3]']);
    screen.getAllByRole('button', { name: 'Source 2' })[1]?.click();
    expect(opened).toEqual([2]);
  });

  it('cites nothing that is no source, in code or in links', () => {
    const { container } = cite(
      'No [4], [0], [1, 9], [^1] or [x]. `a[1]` [see [1]](https://example.com/)\n\n    b[1]\n\n<button value="1">[5]</button>',
      3,
    );
    expect(citations()).toEqual([]);
    expect(container.textContent).toContain('No [4], [0], [1, 9]');
    expect(container.textContent).toContain('<button value="1">[5]</button>');
  });

  it('shows citations as text where no source is known', () => {
    expect(show('It is so [1].').textContent).toBe('It is so [1].');
    expect(citations()).toEqual([]);
  });

  it('shows a text that is nested too deeply as it is, and the rest as always', () => {
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => {});
    const deep = `${'>'.repeat(8_000)} deep`;
    expect(show(deep).textContent).toContain(deep);
    complaints.mockRestore();
  });

  it('completes unfinished marks while it streams', () => {
    expect(show('It is **four', true).querySelector('strong')?.textContent).toBe('four');
  });
});
