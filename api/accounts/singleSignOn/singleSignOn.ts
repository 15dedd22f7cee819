import { types } from 'node:util';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Failure } from '../../errors/failures.ts';
import type { Authentication, Client, IssuedSession } from '../authentication.ts';
import type { Identities } from './identities.ts';
import { createOpenIdClient, OpenIdFailure, type OpenIdOptions, type OpenIdReason } from './openid.ts';

/** The path of the callback, below `PUBLIC_URL`. */
export const callbackPath = '/api/auth/oidc/callback';

/** The path that starts a sign-in, below `PUBLIC_URL`. */
export const startPath = '/api/auth/oidc/start';

/** The lifetime of a pending sign-in, in seconds. */
export const signOnLifetimeS = 600;

export type SingleSignOnOptions = Omit<OpenIdOptions, 'redirectUri'> & {
  /** The label of the sign-in button. */
  readonly name: string;
  readonly publicUrl: string;
};

/** `expired`: the sign-in was not begun in this browser, or too long ago. `disabled`: the user is disabled. */
export type SignOnProblem = OpenIdReason | 'expired' | 'disabled';

export type SignOnOutcome =
  | { readonly is: 'signed-in'; readonly signIn: IssuedSession; readonly next: string }
  | { readonly is: 'problem'; readonly problem: SignOnProblem };

/** Sign-in with an OpenID Connect provider, through redirects of the browser. */
export interface SingleSignOn {
  readonly name: string;
  /** The URL that starts a sign-in. */
  readonly url: string;
  /**
   * Begins a sign-in. `sealed` goes into a cookie of this browser: the signed state that the response is checked against.
   * `next` is the path of this site to open afterwards; anything else is ignored.
   */
  begin(
    next: string | null,
  ): Promise<{ readonly url: string; readonly sealed: string } | { readonly problem: SignOnProblem }>;
  /** Completes a sign-in. `returned` is the callback URL with the provider's parameters. */
  finish(returned: URL, sealed: string | null, client: Client): Promise<SignOnOutcome>;
}

export interface SingleSignOnDeps {
  readonly authentication: Authentication;
  readonly identities: Identities;
  readonly signingKey: Uint8Array;
  readonly clock: () => Date;
  readonly log: Logger;
}

const sealedShape = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
});

/** Distinguishes these tokens from session tokens, which the same key signs. */
const audience = 'ziggie-llm:single-sign-on';

export const createSingleSignOn = (
  { name, publicUrl, ...options }: SingleSignOnOptions,
  { authentication, identities, signingKey, clock, log }: SingleSignOnDeps,
): SingleSignOn => {
  const openId = createOpenIdClient({ ...options, redirectUri: `${publicUrl}${callbackPath}` });

  const unseal = async (sealed: string | null) => {
    try {
      const given = { algorithms: ['HS256'], audience, requiredClaims: ['exp'], currentDate: clock() };
      const { payload } = await jwtVerify(sealed ?? '', signingKey, given);
      return sealedShape.parse(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
      throw error;
    }
  };

  const problemOf = (error: unknown): { readonly is: 'problem'; readonly problem: SignOnProblem } => {
    if (error instanceof OpenIdFailure) {
      const { reason, cause } = error;
      log.warn({ issuer: options.issuer, reason, err: describe(cause) }, 'accounts: single sign-on failed');
      return { is: 'problem', problem: reason };
    }
    if (error instanceof Failure && error.code === 'FORBIDDEN') return { is: 'problem', problem: 'disabled' };
    throw error;
  };

  return {
    name,
    url: `${publicUrl}${startPath}`,

    async begin(next) {
      try {
        const { url, request } = await openId.begin();
        const sealed = await new SignJWT({
          ...request,
          next: next !== null && isLocalPath(next) ? next : '/',
        })
          .setProtectedHeader({ alg: 'HS256' })
          .setAudience(audience)
          .setExpirationTime(new Date(clock().getTime() + signOnLifetimeS * 1000))
          .sign(signingKey);
        return { url: url.href, sealed };
      } catch (error) {
        return { problem: problemOf(error).problem };
      }
    },

    async finish(returned, sealed, client) {
      const request = await unseal(sealed);
      if (!request) return { is: 'problem', problem: 'expired' };
      try {
        const claims = await openId.finish(returned, request);
        const user = await identities.findOrCreateUser(claims);
        return {
          is: 'signed-in',
          signIn: await authentication.openSession(user, client),
          next: request.next,
        };
      } catch (error) {
        return problemOf(error);
      }
    },
  };
};

/** Whether `next` is a path of this site. `//host` and `/\host` would be URLs of other sites. */
const isLocalPath = (next: string): boolean => /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && next.length <= 2000;

/** Describes an error for the log without the provider's responses, which contain tokens. */
const describe = (error: unknown) =>
  types.isNativeError(error)
    ? { name: error.name, message: error.message, ...('code' in error && { code: error.code }) }
    : {};
