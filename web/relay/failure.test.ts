import { i18n } from '@lingui/core';
import { failureOf, messageOf, PageFailure, RequestFailure, unreachable } from './failure.ts';

const notInstalled = failureOf({
  message: 'Model "x" is not installed.',
  extensions: { code: 'MODEL_NOT_FOUND' },
});

describe('the text shown for an error', () => {
  it("is the server's message if there is one", () => {
    expect(messageOf(notInstalled)).toBe('Model "x" is not installed.');
  });

  it('never contains a masked error or an error of the page itself', () => {
    expect(messageOf(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
    expect(messageOf(new TypeError('x is undefined'))).not.toContain('undefined');
  });
});

describe('the text shown for an error in another language than the server’s', () => {
  // Without translations, the explanations stay in English.
  beforeEach(() => i18n.loadAndActivate({ locale: 'de', messages: {} }));
  afterEach(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

  it("explains the code, before the server's message", () => {
    expect(messageOf(notInstalled)).toBe(
      'The model is not installed. Choose another one. (\u2068Model "x" is not installed.\u2069)',
    );
  });

  it("is the explanation alone if the server's message says no more, or is masked", () => {
    const full =
      'Nothing can be saved: the disk of the server is full. Saved data can still be read. Ask an administrator to free some space, then try again.';
    expect(messageOf(new RequestFailure('STORAGE_FULL', full))).toBe(full);
    expect(messageOf(new RequestFailure('INTERNAL', 'stack'))).not.toContain('stack');
  });

  it('is the message alone if the page wrote it', () => {
    expect(messageOf(new PageFailure('NOT_FOUND', 'Weg.'))).toBe('Weg.');
    expect(messageOf(unreachable())).toBe('The server does not answer. Check your connection and try again.');
  });

  it('explains a code that only a newer server knows', () => {
    expect(messageOf(failureOf({ message: 'Teapot.', extensions: { code: 'TEAPOT' } }))).toBe(
      'Something went wrong on the server. Try again in a moment. (\u2068Teapot.\u2069)',
    );
  });
});
