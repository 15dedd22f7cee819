const signIn = '/login';

/** The sign-in page's address that leads back to where one was. */
export const signInAt = (pathname: string): string =>
  pathname === '/' || pathname === signIn ? signIn : `${signIn}?next=${encodeURIComponent(pathname)}`;

/** Where to go after signing in. Only a path of this site: `//elsewhere` and `https:` would lead away from it. */
export const returnTo = (search: string): string => {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith(signIn) ? next : '/';
};
