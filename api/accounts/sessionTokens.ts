import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { ownIssuer } from '../access/tokenAlgorithms.ts';
import type { Session } from './account.ts';

const algorithm = 'HS256';
const issuer = ownIssuer;
const audience = 'ziggie-llm';

/** The claims of a valid session token. */
export interface SessionClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface SessionTokens {
  issue(session: Session): Promise<string>;
  /** Returns null for a token that this service didn't issue, or that has expired. */
  verify(token: string): Promise<SessionClaims | null>;
}

/** The maximum number of verified tokens that are remembered, of about 300 bytes each. */
const maxRemembered = 5_000;

/** A token whose signature and claims are valid until its end. */
interface VerifiedToken extends SessionClaims {
  /** In seconds since 1970. */
  readonly expiresAt: number;
}

/** Issues and verifies JSON Web Tokens (RFC 7519) signed with HMAC-SHA256. `signingKey` has at least 32 bytes. */
export const createSessionTokens = (signingKey: Uint8Array, clock: () => Date): SessionTokens => {
  // Whether the session still exists is checked by the caller, for each request.
  const remembered = new LRUCache<string, VerifiedToken>({ max: maxRemembered });

  const verifyAnew = async (token: string, now: Date): Promise<SessionClaims | null> => {
    try {
      const { payload } = await jwtVerify<Record<string, unknown>>(token, signingKey, {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub', 'jti'],
        currentDate: now,
      });
      const { sub, jti, exp = 0, nbf } = payload;
      // jose checks that these claims are present, not that they are strings.
      if (typeof sub !== 'string' || typeof jti !== 'string') return null;
      const claims = { userId: sub, sessionId: jti };
      if (nbf === undefined) remembered.set(token, { ...claims, expiresAt: exp });
      return claims;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  };

  return {
    issue: (session) =>
      new SignJWT()
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(session.userId)
        .setJti(session.id)
        .setIssuedAt(session.createdAt)
        .setExpirationTime(session.expiresAt)
        .sign(signingKey),

    async verify(token) {
      const now = clock();
      const known = remembered.get(token);
      if (!known) return verifyAnew(token, now);
      if (Math.floor(now.getTime() / 1000) < known.expiresAt) {
        return { userId: known.userId, sessionId: known.sessionId };
      }
      remembered.delete(token);
      return null;
    },
  };
};
