import { fireEvent, render, screen } from '@testing-library/react';
import { LanguageProvider } from '../language/LanguageProvider.tsx';
import { ToolArguments } from './ToolArguments.tsx';

const show = (given: unknown) => {
  render(<ToolArguments id="arguments" given={given} />, { wrapper: LanguageProvider });
  return screen.getByRole('group', { name: 'Arguments' });
};

/** The names and the values, from top to bottom. */
const listed = (group: HTMLElement) =>
  [...group.querySelectorAll('dt, dd > div')].map(({ textContent }) => textContent);

describe('the arguments of a call', () => {
  it('are listed one by one, with their names', () => {
    const group = show({ to: 'a@example.org', count: 3, tags: ['x'] });
    expect(listed(group)).toEqual(['to', '"a@example.org"', 'count', '3', 'tags', '[\n  "x"\n]']);
  });

  it('show characters that would be invisible or would reorder others, and isolate each string', () => {
    const group = show({ 'to\u202e': '\u2066gro.elpmaxe@a\u2069', note: 'one\ntwo' });
    expect(listed(group)).toEqual([
      'to\\u202E',
      '"\\u2066gro.elpmaxe@a\\u2069"',
      'note',
      // The line breaks after its escape.
      '"one\\n\ntwo"',
    ]);
    expect([...group.querySelectorAll('bdi')].map(({ textContent }) => textContent)).toEqual([
      'to\\u202E',
      '\\u2066gro.elpmaxe@a\\u2069',
      'note',
      'one\\n\ntwo',
    ]);
  });

  it('show a long value in part, say how much is left out, and show it on request', () => {
    const group = show({ text: `${'x'.repeat(8_000)}!`, to: 'a@example.org' });
    const [, text = ''] = listed(group);
    expect(text).toBe(`"${'x'.repeat(499)}…`);
    expect(listed(group).at(-1)).toBe('"a@example.org"');
    const more = screen.getByRole('button', { name: 'Show 7,503 more characters' });
    expect(more.getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(more);
    expect(listed(group)[1]).toBe(`"${'x'.repeat(8_000)}!"`);
    expect(screen.getByRole('button', { name: 'Show less' }).getAttribute('aria-expanded')).toBe('true');
  });

  it('show a value of many lines in part', () => {
    const group = show({ text: `${'\n'.repeat(200)}hidden`, to: 'a@example.org' });
    expect(listed(group)[1]?.split('\n')).toHaveLength(13);
    expect(screen.getByRole('button', { name: 'Show 195 more characters' })).toBeTruthy();
  });

  it('may be none', () => {
    expect(show({}).textContent).toBe('ArgumentsThe call has no arguments.');
  });

  it('are shown even if they are no object', () => {
    expect(show(['a']).textContent).toContain('"a"');
  });
});
