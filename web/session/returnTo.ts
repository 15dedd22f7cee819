const signIn = '/login';

/**
 * Returns the address of the sign-in page that leads back to `pathname` afterwards. `hasEnded`: the page explains that a
 * session ended.
 */
export const signInAt = (pathname: string, hasEnded = false): string => {
  const search = new URLSearchParams();
  if (pathname !== '/' && pathname !== signIn) search.set('next', pathname);
  if (hasEnded) search.set('ended', '1');
  return search.size === 0 ? signIn : `${signIn}?${search}`;
};

/** Whether the sign-in page was opened because a session ended. */
export const hasEndedSession = (search: string): boolean => new URLSearchParams(search).has('ended');

/** Returns the path to open after signing in. Accepts only paths of this site: `//elsewhere` and `https:` are rejected. */
export const returnTo = (search: string): string => {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith(signIn) ? next : '/';
};
