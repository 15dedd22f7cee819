import { errors, jwtVerify, SignJWT } from 'jose';
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

/** Issues and verifies JSON Web Tokens (RFC 7519) signed with HMAC-SHA256. `signingKey` has at least 32 bytes. */
export const createSessionTokens = (signingKey: Uint8Array, clock: () => Date): SessionTokens => ({
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
    try {
      const { payload } = await jwtVerify<Record<string, unknown>>(token, signingKey, {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub', 'jti'],
        currentDate: clock(),
      });
      const { sub, jti } = payload;
      // jose checks that these claims are present, not that they are strings.
      if (typeof sub !== 'string' || typeof jti !== 'string') return null;
      return { userId: sub, sessionId: jti };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});
