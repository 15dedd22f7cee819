import { act, render, waitFor } from '@testing-library/react';
import { HighlightedCode } from './HighlightedCode.tsx';

const linesOf = (container: Element) =>
  [...container.querySelectorAll('code > span')].map(({ textContent }) => textContent);
const colored = (container: Element) => container.querySelectorAll('code > span > span[style]');

describe('highlighted code', () => {
  beforeAll(() => import('./highlighter.ts'));

  it('is plain at first, and has the colors of both themes then', async () => {
    const { container } = render(
      <HighlightedCode code={'const a = 1;\n\nreturn a;'} language="js" isIncomplete={false} />,
    );
    const lines = ['const a = 1;', '\n', 'return a;'];
    expect(linesOf(container)).toEqual(lines);
    expect(colored(container)).toHaveLength(0);
    await waitFor(() => expect(colored(container).length).toBeGreaterThan(3));
    expect(linesOf(container)).toEqual(lines);
    const style = (colored(container)[0] as HTMLElement).style;
    expect(style.getPropertyValue('--code-light')).toMatch(/^#/);
    expect(style.getPropertyValue('--shiki-dark')).toMatch(/^#/);
  });

  it('shows all of growing code at once, and keeps its colors', async () => {
    const code = 'const a = 1;\nconst b = [a];\n';
    const { container, rerender } = render(<HighlightedCode code="const a" language="js" isIncomplete />);
    await waitFor(() => expect(colored(container).length).toBeGreaterThan(0));
    for (let length = 8; length <= code.length; length += 1) {
      const part = code.slice(0, length);
      rerender(<HighlightedCode code={part} language="js" isIncomplete />);
      expect(
        linesOf(container)
          .map((line) => (line === '\n' ? '' : line))
          .join('\n'),
      ).toBe(part);
      expect(colored(container)[0]?.textContent).toBe('const');
      await act(async () => {});
    }
    await waitFor(() =>
      expect(container.querySelectorAll('code > span:nth-child(2) > span[style]').length).toBeGreaterThan(2),
    );
  });

  it('shows replaced code without the colors of the one before', async () => {
    const { container, rerender } = render(
      <HighlightedCode code="const a = 1;" language="js" isIncomplete={false} />,
    );
    await waitFor(() => expect(colored(container).length).toBeGreaterThan(0));
    rerender(<HighlightedCode code="let b" language="js" isIncomplete={false} />);
    expect(linesOf(container)).toEqual(['let b']);
    expect(colored(container)).toHaveLength(0);
    rerender(<HighlightedCode code="let b" language="" isIncomplete={false} />);
    expect(linesOf(container)).toEqual(['let b']);
  });
});
