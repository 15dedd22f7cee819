import { returnTo, signInAt } from './returnTo.ts';

describe('the way back after signing in', () => {
  it('leads to the previous page', () =>
    expect(returnTo(new URL(signInAt('/chat/a%3D'), 'http://z').search)).toBe('/chat/a%3D'));

  it('leads to the home page by default', () =>
    expect(returnTo(new URL(signInAt('/'), 'http://z').search)).toBe('/'));

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/login?next=/login',
  ])('never leads away: %s', (next) => expect(returnTo(`?next=${encodeURIComponent(next)}`)).toBe('/'));
});
