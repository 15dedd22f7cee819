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
 * The policy of the web app. Images come from this server only: an image URL in an answer could leak the conversation to
 * another host. Math and pop-ups set inline styles.
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

/** The browser's features that the web app may use: the microphone, for dictation. */
export const webAppFeatures = 'camera=(), geolocation=(), microphone=(self)';

/** The policy of GraphiQL, which is one self-contained page. `scripts` are the hashes of its inline scripts. */
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

/** The policy of the REST documentation. */
export const docsPolicy = policy({
  ...strict,
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

/** Sets the headers of every response. The default policy loads nothing; pages set their own. */
export const setSecurityHeaders = (response: ServerResponse): void => {
  response.setHeader('Content-Security-Policy', policy(strict));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=()');
};
