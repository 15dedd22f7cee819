import { snippetOf } from './snippet.ts';

const marked = (text: string, search: string): string =>
  snippetOf(text, search)
    .map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part))
    .join('');

describe('a snippet', () => {
  it.each([
    ['words by their prefixes', 'Run dockerised\n\ntests', 'dock tes', 'Run [dockerised] [tests]'],
    ['case and accents', 'Une Crème Brûlée', 'creme brulee', 'Une [Crème] [Brûlée]'],
    ['Chinese', '如何备份数据库', '数据库', '如何备份[数据库]'],
    ['emoji', 'Ship it 🚀 now', '🚀', 'Ship it [🚀] now'],
    ['no match', 'Nothing here', 'absent', 'Nothing here'],
    ['no words', 'Text', '!!', 'Text'],
  ])('marks %s', (_name, text, search, expected) => expect(marked(text, search)).toBe(expected));

  it('begins near the first match, at a word, and is short', () => {
    const text = `${'before '.repeat(500)}the needle ${'after '.repeat(500)}`;
    const snippet = marked(text, 'needle');
    expect(snippet).toMatch(/^… before .*the \[needle\] after .* …$/);
    expect(snippet.length).toBeLessThan(200);
  });

  it('marks no word after its end', () => {
    const text = `needle ${'and '.repeat(40)}needle ${'needle '.repeat(100)}`;
    const parts = snippetOf(text, 'needle');
    const cut = parts.map(({ text: part }) => part).join('');
    expect(parts.filter(({ isMatch }) => isMatch)).toHaveLength(3);
    expect(`${text.slice(0, 180)} …`).toBe(cut);
  });

  it('cuts no character in half', () => {
    for (let length = 0; length < 60; length += 1) {
      const text = `${'x'.repeat(length)}${'😀'.repeat(100)} needle ${'😀'.repeat(200)}`;
      expect(marked(text, 'needle').isWellFormed()).toBe(true);
    }
  });
});
