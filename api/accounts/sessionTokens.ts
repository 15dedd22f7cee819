import { errors, jwtVerify, SignJWT } from 'jose';
import { ownIssuer } from '../access/tokenAlgorithms.ts';
import type { Session } from './account.ts';

const algorithm = 'HS256';
const issuer = ownIssuer;
const audience = 'ziggie-llm';

/** What a token that is genuine and has not expired says. */
export interface SessionClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface SessionTokens {
  issue(session: Session): Promise<string>;
  /** Null for whatever is not one of ours, or has expired. */
  verify(token: string): Promise<SessionClaims | null>;
}

/** JSON Web Tokens (RFC 7519) by HMAC-SHA256. `signingKey` has 32 bytes or more. */
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
      // jose takes these claims to be there, not to be strings.
      if (typeof sub !== 'string' || typeof jti !== 'string') return null;
      return { userId: sub, sessionId: jti };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  },
});
