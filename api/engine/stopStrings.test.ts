import { StopStrings } from './stopStrings.ts';

/** Filters `chunks` until a stop string or the end, and returns the shown texts. */
function shown(stops: readonly string[], chunks: readonly string[]): { texts: string[]; stopped: boolean } {
  const filter = new StopStrings(stops);
  const texts: string[] = [];
  for (const chunk of chunks) {
    const { text, stopped } = filter.push(chunk);
    texts.push(text);
    if (stopped) return { texts, stopped };
  }
  texts.push(filter.end());
  return { texts, stopped: false };
}

describe('stop strings', () => {
  it('end a text before them, however it is split into chunks', () => {
    const text = 'one two END three';
    for (let size = 1; size <= text.length; size++) {
      const chunks = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      const { texts, stopped } = shown(['END'], chunks);
      expect([texts.join(''), stopped]).toEqual(['one two ', true]);
    }
  });

  it('hold back only a possible start of one', () => {
    expect(shown(['</s>'], ['a <', 'b', ' </', 's', 'x']).texts).toEqual(['a ', '<b', ' ', '', '</sx', '']);
  });

  it('release the text that was held back at the end of the stream', () => {
    expect(shown(['\n\n'], ['end\n'])).toEqual({ texts: ['end', '\n'], stopped: false });
  });

  it('end a text at the first of several', () => {
    expect(shown(['yyy', 'xx'], ['a xx b yyy']).texts).toEqual(['a ']);
  });

  it('that are empty are ignored', () => {
    expect(shown([''], ['a', 'b'])).toEqual({ texts: ['a', 'b', ''], stopped: false });
  });

  it('split no character that shares a first half with one', () => {
    expect(shown(['😀'], ['a😁', '😀b'])).toEqual({ texts: ['a😁', ''], stopped: true });
  });
});
