import { isApiKey } from '../access/apiKey.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ApiKeys } from '../apiKeys/service.ts';
import type { SignIns } from './authentication.ts';
import type { Identities } from './singleSignOn/identities.ts';
import type { TrustedTokens } from './singleSignOn/tokenVerifier.ts';

/** Characters that a credential may have: more than any real one, and little to look at. */
export const maxCredentialLength = 16_384;

/**
 * Who shows an API key, a token of a session here, or one of the issuer that is trusted. Null for what is none of
 * these or no good any more, and for a user who is not active. Throws `ENGINE_UNAVAILABLE` where it can't be checked now.
 */
export type Recognize = (credential: string, address: string | null) => Promise<Viewer | null>;

export interface RecognitionDeps {
  readonly signIns: SignIns;
  readonly apiKeys: ApiKeys;
  readonly identities: Identities;
  /** Null: no other issuer is. */
  readonly trustedTokens: TrustedTokens | null;
}

export const createRecognition = (deps: RecognitionDeps): Recognize => {
  const { signIns, apiKeys, identities, trustedTokens } = deps;

  const readTrusted = async (tokens: TrustedTokens, token: string): Promise<Viewer | null> => {
    const trusted = await tokens.read(token);
    if (trusted === null) return null;
    const user = await identities.userOf(trusted.claimed);
    if (user.status !== 'ACTIVE') return null;
    return { user, sessionId: null, apiKey: null, expiresAt: trusted.expiresAt };
  };

  return async (credential, address) => {
    if (credential.length > maxCredentialLength) return null;
    if (isApiKey(credential)) return apiKeys.authenticate(credential);
    if (trustedTokens?.isOfIssuer(credential)) return readTrusted(trustedTokens, credential);
    return signIns.authenticate(credential, address);
  };
};
