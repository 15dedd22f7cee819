import { failureOf, messageOf, RequestFailure } from './failure.ts';

describe('the text shown for an error', () => {
  it("is the server's message if there is one", () => {
    const error = failureOf({ message: 'There is no model "x".', extensions: { code: 'MODEL_NOT_FOUND' } });
    expect(messageOf(error)).toBe('There is no model "x".');
  });

  it('never contains a masked error or an error of the page itself', () => {
    expect(messageOf(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
    expect(messageOf(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});
