const signIn = '/login';

/** Returns the address of the sign-in page that leads back to `location` afterwards. */
export const signInAt = (pathname: string): string =>
  pathname === '/' || pathname === signIn ? signIn : `${signIn}?next=${encodeURIComponent(pathname)}`;

/** Returns the path to open after signing in. Accepts only paths of this site: `//elsewhere` and `https:` are rejected. */
export const returnTo = (search: string): string => {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith(signIn) ? next : '/';
};
