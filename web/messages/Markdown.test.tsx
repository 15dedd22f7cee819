import { render, screen } from '@testing-library/react';
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

  it('completes unfinished marks while it streams', () => {
    expect(show('It is **four', true).querySelector('strong, [data-streamdown="strong"]')?.textContent).toBe(
      'four',
    );
  });
});
