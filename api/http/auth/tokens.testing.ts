import type { TestIssuer } from '../../accounts/singleSignOn/issuer.testing.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import { bearer, postQuery } from '../testing/surfaces.testing.ts';

/** Returns the time in so many seconds as a token's NumericDate. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** Starts a service that trusts this issuer's tokens by `JWKS_URL` or `JWT_SECRET` in `env`. */
export const startTrusting = (issuer: TestIssuer, env: Readonly<Record<string, string>>): Promise<TestApp> =>
  startTestApp({
    env: { JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWT_LEEWAY_S: '0', ...env },
  });

/** Returns the viewer that the service recognizes by a token. */
export const viewerOf = async (url: string, token: string): Promise<Readonly<Record<string, string>>> => {
  const response = await postQuery(url, '{ viewer { id username role identityProvider } }', bearer(token));
  return ((await response.json()) as { readonly data: { readonly viewer: Record<string, string> } }).data
    .viewer;
};
