import type { ServerResponse } from 'node:http';

const policy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');

const strict = {
  'default-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
};

/**
 * For the web app. Images come from ourselves alone: a picture that an answer points to elsewhere would tell that host
 * what is talked about. Styles are set inline by the maths and the
 * pop-ups.
 */
export const webAppPolicy = policy({
  ...strict,
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self' blob:",
  'manifest-src': "'self'",
});

/** For GraphiQL: one page with all in it. `scripts` are the hashes of its inline scripts. */
export const graphiqlPolicy = (scripts: readonly string[]): string =>
  policy({
    ...strict,
    'script-src': [...scripts.map((hash) => `'${hash}'`), 'blob:'].join(' '),
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data:",
    'font-src': "'self' data:",
    'connect-src': "'self'",
    'worker-src': 'blob:',
  });

/** For the page about the REST addresses. */
export const docsPolicy = policy({
  ...strict,
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** For every response; what is not a page may load nothing at all. */
export const setSecurityHeaders = (response: ServerResponse): void => {
  response.setHeader('Content-Security-Policy', policy(strict));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=()');
};
