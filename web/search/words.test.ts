import { hasAllWords, matchesOf, wordsOf } from './words.ts';

describe('the words of a search', () => {
  it('match the start of words, without case and accents', () => {
    const text = 'Crème brûlée in Évora';
    expect(matchesOf(text, wordsOf('creme EVO')).map(([from, to]) => text.slice(from, to))).toEqual([
      'Crème',
      'Évora',
    ]);
  });

  it('match anywhere in scripts without spaces', () => {
    expect(matchesOf('如何备份数据库', wordsOf('数据库'))).toEqual([[4, 7]]);
  });

  it('must all be there', () => {
    expect(hasAllWords('Docker networks', 'net dock')).toBe(true);
    expect(hasAllWords('Docker networks', 'net pod')).toBe(false);
    expect(hasAllWords('Docker networks', '')).toBe(true);
    expect(hasAllWords('Docker networks', '"(')).toBe(true);
  });
});
