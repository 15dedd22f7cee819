import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { claimAt, roleFromClaim, usernameClaim } from './claims.ts';
import type { IdentityClaims } from './identities.ts';
import { createKeySet } from './keySet.ts';

/** Characters that an issuer's name for somebody may have (OpenID Connect Core 1.0, 2). */
const maxSubjectLength = 255;

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** How much the clocks may differ, in seconds. */
  readonly leewayS: number;
  /** Which claim names roles; null: none does, and they are given here. */
  readonly rolesClaim: string | null;
}

export interface VerifiedToken {
  readonly claims: IdentityClaims;
  readonly expiresAt: Date;
}

/** Tokens of another service, such as the Control Center, whose word is taken for who asks. */
export interface TokenVerifier {
  /** Whether it says to be of the issuer: what is to be checked, not that it is true. */
  isFromIssuer(token: string): boolean;
  /** Null for what can't be believed, or has expired. Throws what `key` throws that is no `JOSEError`. */
  verify(token: string): Promise<VerifiedToken | null>;
}

/** As the configuration has it: the issuer shares a secret with us, or publishes its keys. */
export interface TrustedIssuer extends TokenVerifierOptions {
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
}

/** Tokens of this issuer. Its keys are fetched at once, so that the first token need not wait for them. */
export const createIssuerVerifier = (
  issuer: TrustedIssuer,
  clock: () => Date,
  log: Logger,
  elapsed = () => performance.now(),
): TokenVerifier => {
  if ('secret' in issuer.keys) {
    const secret = new TextEncoder().encode(issuer.keys.secret);
    return createTokenVerifier(issuer, async () => secret, clock);
  }
  const keys = createKeySet({ url: issuer.keys.jwksUrl, elapsed, log });
  void keys.fetchAhead();
  return createTokenVerifier(issuer, keys.find, clock);
};

/** JSON Web Tokens (RFC 7519), with everything pinned that a forger would choose (RFC 8725). */
export const createTokenVerifier = (
  { issuer, audience, algorithms, leewayS, rolesClaim }: TokenVerifierOptions,
  key: JWTVerifyGetKey,
  clock: () => Date,
): TokenVerifier => ({
  isFromIssuer(token) {
    try {
      return decodeJwt(token).iss === issuer;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  },

  async verify(token) {
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
        claims: {
          identity: { issuer, subject: sub },
          name: usernameClaim(payload),
          role: rolesClaim === null ? null : roleFromClaim(claimAt(payload, rolesClaim)),
        },
        expiresAt: new Date((exp + leewayS) * 1000),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});
