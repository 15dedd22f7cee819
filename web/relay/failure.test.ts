import { failureOf, messageOf, RequestFailure } from './failure.ts';

describe('the text shown for an error', () => {
  it("is the server's message if there is one", () => {
    const error = failureOf({
      message: 'Model "x" is not installed.',
      extensions: { code: 'MODEL_NOT_FOUND' },
    });
    expect(messageOf(error)).toBe('Model "x" is not installed.');
  });

  it('never contains a masked error or an error of the page itself', () => {
    expect(messageOf(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
    expect(messageOf(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});
