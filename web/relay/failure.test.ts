import { failureOf, RequestFailure, wordsFor } from './failure.ts';

describe('what a person is told', () => {
  it("is the server's own words, where it has some", () => {
    const error = failureOf({
      message: 'Model "x" is not installed.',
      extensions: { code: 'MODEL_NOT_FOUND' },
    });
    expect(wordsFor(error)).toBe('Model "x" is not installed.');
  });

  it('never shows what was hidden, nor a mistake of the page itself', () => {
    expect(wordsFor(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
    expect(wordsFor(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});
