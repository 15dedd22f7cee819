import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { claimAt, nameOf, roleOfClaim } from './claims.ts';
import type { Claimed } from './identities.ts';
import { createKeySet } from './keySet.ts';

/** Characters that an issuer's name for somebody may have (OpenID Connect Core 1.0, 2). */
const maxSubjectLength = 255;

export interface TrustedTokensOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** How much the clocks may differ, in seconds. */
  readonly leewayS: number;
  /** Which claim names roles; null: none does, and they are given here. */
  readonly rolesClaim: string | null;
}

export interface TrustedToken {
  readonly claimed: Claimed;
  readonly expiresAt: Date;
}

/** Tokens of another service, such as the Control Center, whose word is taken for who asks. */
export interface TrustedTokens {
  /** Whether it says to be of the issuer: what is to be checked, not that it is true. */
  isOfIssuer(token: string): boolean;
  /** Null for what can't be believed, or has expired. Throws what `key` throws that is no `JOSEError`. */
  read(token: string): Promise<TrustedToken | null>;
}

/** As the configuration has it: the issuer shares a secret with us, or publishes its keys. */
export interface TrustedIssuer extends TrustedTokensOptions {
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
}

/** Tokens of this issuer. Its keys are fetched at once, so that the first token need not wait for them. */
export const trustedTokensOf = (
  issuer: TrustedIssuer,
  clock: () => Date,
  log: Logger,
  elapsed = () => performance.now(),
): TrustedTokens => {
  if ('secret' in issuer.keys) {
    const secret = new TextEncoder().encode(issuer.keys.secret);
    return createTrustedTokens(issuer, async () => secret, clock);
  }
  const keys = createKeySet({ url: issuer.keys.jwksUrl, elapsed, log });
  void keys.fetchAhead();
  return createTrustedTokens(issuer, keys.find, clock);
};

/** JSON Web Tokens (RFC 7519), with everything pinned that a forger would choose (RFC 8725). */
export const createTrustedTokens = (
  { issuer, audience, algorithms, leewayS, rolesClaim }: TrustedTokensOptions,
  key: JWTVerifyGetKey,
  clock: () => Date,
): TrustedTokens => ({
  isOfIssuer(token) {
    try {
      return decodeJwt(token).iss === issuer;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  },

  async read(token) {
    try {
      const { payload } = await jwtVerify<Record<string, unknown>>(token, key, {
        algorithms: [...algorithms],
        issuer,
        audience,
        clockTolerance: leewayS,
        currentDate: clock(),
        // jose checks these where they are there, and takes a token without them.
        requiredClaims: ['exp', 'sub'],
      });
      const { sub, exp } = payload;
      if (typeof sub !== 'string' || sub === '' || sub.length > maxSubjectLength || exp === undefined)
        return null;
      return {
        claimed: {
          identity: { issuer, subject: sub },
          name: nameOf(payload),
          role: rolesClaim === null ? null : roleOfClaim(claimAt(payload, rolesClaim)),
        },
        expiresAt: new Date((exp + leewayS) * 1000),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});
