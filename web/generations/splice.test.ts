import { splice } from './splice.ts';

describe('splice', () => {
  it('appends what follows', () => expect(splice('Two ', 4, 'and two')).toBe('Two and two'));

  it('changes nothing when an event comes twice', () => expect(splice('Two and', 4, 'and')).toBe('Two and'));

  it('starts again with a new attempt', () => expect(splice('An earlier try', 0, 'Four')).toBe('Four'));

  it('cuts what a new attempt has not yet', () => expect(splice('An earlier try', 3, '')).toBe('An '));

  it('counts in UTF-16 code units', () => expect(splice('😀', 2, '!')).toBe('😀!'));

  it('refuses to write over a hole', () => expect(splice('Two', 9, 'four')).toBeNull());
});
