import { StopStrings } from './stopStrings.ts';

/** What is shown of `pieces`, piece by piece, until a stop string or the end. */
function shown(stops: readonly string[], pieces: readonly string[]): { texts: string[]; stopped: boolean } {
  const filter = new StopStrings(stops);
  const texts: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = filter.push(piece);
    texts.push(text);
    if (stopped) return { texts, stopped };
  }
  texts.push(filter.end());
  return { texts, stopped: false };
}

describe('stop strings', () => {
  it('end a text before them, wherever the pieces are cut', () => {
    const text = 'one two END three';
    for (let size = 1; size <= text.length; size++) {
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      const { texts, stopped } = shown(['END'], pieces);
      expect([texts.join(''), stopped]).toEqual(['one two ', true]);
    }
  });

  it('hold back only what may become one', () => {
    expect(shown(['</s>'], ['a <', 'b', ' </', 's', 'x']).texts).toEqual(['a ', '<b', ' ', '', '</sx', '']);
  });

  it('show what was held back when no more comes', () => {
    expect(shown(['\n\n'], ['end\n'])).toEqual({ texts: ['end', '\n'], stopped: false });
  });

  it('end at the first of several', () => {
    expect(shown(['yyy', 'xx'], ['a xx b yyy']).texts).toEqual(['a ']);
  });

  it('that are empty never end anything', () => {
    expect(shown([''], ['a', 'b'])).toEqual({ texts: ['a', 'b', ''], stopped: false });
  });

  it('leave characters whole that begin as they do', () => {
    expect(shown(['😀'], ['a😁', '😀b'])).toEqual({ texts: ['a😁', ''], stopped: true });
  });
});
