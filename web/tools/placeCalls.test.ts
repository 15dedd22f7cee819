import { placeCalls } from './placeCalls.ts';

const call = (id: string, offset: number) => ({ id, offset });

const shown = (text: string, ...calls: ReturnType<typeof call>[]) =>
  placeCalls(text, calls).map((part) => [part.text, part.calls.map(({ id }) => id).join()]);

describe('the calls of an answer', () => {
  it('come after the text before them', () => {
    expect(shown('Look. Then. End.', call('a', 5), call('b', 11))).toEqual([
      ['Look.', 'a'],
      [' Then.', 'b'],
      [' End.', ''],
    ]);
  });

  it('that were made together are shown together', () => {
    expect(shown('Look.End.', call('a', 5), call('b', 5))).toEqual([
      ['Look.', 'a,b'],
      ['End.', ''],
    ]);
  });

  it('come before all text if the model wrote none before them', () => {
    expect(shown('End.', call('a', 0), call('b', 0))).toEqual([
      ['', 'a,b'],
      ['End.', ''],
    ]);
  });

  it('stay in order at the end of a text that lags behind', () => {
    expect(shown('Lo', call('a', 5), call('b', 11))).toEqual([
      ['Lo', 'a'],
      ['', 'b'],
      ['', ''],
    ]);
  });

  it('repeat no text if a later attempt made one earlier in the text', () => {
    expect(shown('Look. End.', call('a', 5), call('b', 2))).toEqual([
      ['Look.', 'a'],
      ['', 'b'],
      [' End.', ''],
    ]);
  });
});
