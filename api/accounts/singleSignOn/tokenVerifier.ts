import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { claimAt, roleFromClaim, usernameClaim } from './claims.ts';
import type { IdentityClaims } from './identities.ts';
import { createKeySet } from './keySet.ts';

/** The maximum length of a subject (OpenID Connect Core 1.0, 2). */
const maxSubjectLength = 255;

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** The tolerated clock difference, in seconds. */
  readonly leewayS: number;
  /** The claim with the roles; null: administrators assign roles. */
  readonly rolesClaim: string | null;
}

export interface VerifiedToken {
  readonly claims: IdentityClaims;
  readonly expiresAt: Date;
}

/** Verifies tokens of the trusted issuer, another service such as the Control Center. */
export interface TokenVerifier {
  /** Whether the token claims to be from the issuer. Doesn't verify the claim. */
  isFromIssuer(token: string): boolean;
  /** Returns null for an invalid or expired token. Rethrows errors of `key` other than `JOSEError`. */
  verify(token: string): Promise<VerifiedToken | null>;
}

/** The configured issuer, which shares a secret with this service or publishes its keys. */
export interface TrustedIssuer extends TokenVerifierOptions {
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
}

/** Creates the verifier of an issuer. Fetches its keys immediately, so that the first token needn't wait for them. */
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

/** Creates a verifier of JSON Web Tokens (RFC 7519) with algorithms, issuer and audience pinned (RFC 8725). */
const createTokenVerifier = (
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
        // jose checks these claims only if they are present.
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
