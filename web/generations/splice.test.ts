import { splice } from './splice.ts';

describe('splice', () => {
  it('appends a delta at the end', () => expect(splice('Two ', 4, 'and two')).toBe('Two and two'));

  it('ignores a repeated event', () => expect(splice('Two and', 4, 'and')).toBe('Two and'));

  it('replaces the text with a new attempt', () => expect(splice('An earlier try', 0, 'Four')).toBe('Four'));

  it('truncates at the offset of a new attempt', () => expect(splice('An earlier try', 3, '')).toBe('An '));

  it('counts in UTF-16 code units', () => expect(splice('😀', 2, '!')).toBe('😀!'));

  it('rejects an event that leaves a gap', () => expect(splice('Two', 9, 'four')).toBeNull());
});
