import { types } from 'node:util';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Failure } from '../../errors/failures.ts';
import type { Authentication, Client, IssuedSession } from '../authentication.ts';
import type { Identities } from './identities.ts';
import { createOpenIdClient, OpenIdFailure, type OpenIdOptions, type OpenIdReason } from './openid.ts';

/** Where the provider sends people back to, below `PUBLIC_URL`. */
export const callbackPath = '/api/auth/oidc/callback';

/** Where signing in begins, below `PUBLIC_URL`. */
export const startPath = '/api/auth/oidc/start';

/** How long a sign-in that was begun may take, in seconds. */
export const signOnLifetimeS = 600;

export type SingleSignOnOptions = Omit<OpenIdOptions, 'redirectUri'> & {
  /** What the button calls it. */
  readonly name: string;
  readonly publicUrl: string;
};

/** `expired`: it was not begun in this browser, or too long ago. `disabled`: the user may not come in. */
export type SignOnProblem = OpenIdReason | 'expired' | 'disabled';

export type SignOnOutcome =
  | { readonly is: 'signed-in'; readonly signIn: IssuedSession; readonly next: string }
  | { readonly is: 'problem'; readonly problem: SignOnProblem };

export interface SingleSignOn {
  readonly name: string;
  /** Where the browser goes to sign in. */
  readonly url: string;
  /**
   * `sealed` is for a cookie of this browser: it holds what the answer is checked against, signed. `next` is where to go
   * afterwards: a path of this site, or it is left out of account.
   */
  begin(
    next: string | null,
  ): Promise<{ readonly url: string; readonly sealed: string } | { readonly problem: SignOnProblem }>;
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

/** Apart from the tokens of sessions, which the same key signs. */
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
      log.warn({ issuer: options.issuer, reason, err: describe(cause) }, 'single sign-on failed');
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
        const sealed = await new SignJWT({ ...request, next: next !== null && isHere(next) ? next : '/' })
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

/** A path of this site: `//elsewhere` and `/\elsewhere` would lead away from it. */
const isHere = (next: string): boolean => /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && next.length <= 2000;

/** What an administrator needs to see why; the answers themselves, with their tokens, stay out of the log. */
const describe = (error: unknown) =>
  types.isNativeError(error)
    ? { name: error.name, message: error.message, ...('code' in error && { code: error.code }) }
    : {};
