import { failureOf, RequestFailure, wordsFor } from './failure.ts';

describe('what a person is told', () => {
  it("is the server's own words, where it has some", () => {
    const error = failureOf({ message: 'There is no model "x".', extensions: { code: 'MODEL_NOT_FOUND' } });
    expect(wordsFor(error)).toBe('There is no model "x".');
  });

  it('never shows what was hidden, nor a mistake of the page itself', () => {
    expect(wordsFor(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
    expect(wordsFor(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});
