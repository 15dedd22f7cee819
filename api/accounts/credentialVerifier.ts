import { isApiKey } from '../access/apiKey.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ApiKeys } from '../apiKeys/service.ts';
import type { Authentication } from './authentication.ts';
import type { Identities } from './singleSignOn/identities.ts';
import type { TokenVerifier } from './singleSignOn/tokenVerifier.ts';

/** Characters that a credential may have: more than any real one, and little to look at. */
export const maxCredentialLength = 16_384;

/**
 * Who shows an API key, a token of a session here, or one of the issuer that is trusted. Null for what is none of
 * these or no good any more, and for a user who is not active. Throws `ENGINE_UNAVAILABLE` where it can't be checked now.
 */
export type VerifyCredential = (credential: string, address: string | null) => Promise<Viewer | null>;

export interface CredentialVerifierDeps {
  readonly authentication: Authentication;
  readonly apiKeys: ApiKeys;
  readonly identities: Identities;
  /** Null: no other issuer is. */
  readonly tokenVerifier: TokenVerifier | null;
}

export const createCredentialVerifier = (deps: CredentialVerifierDeps): VerifyCredential => {
  const { authentication, apiKeys, identities, tokenVerifier } = deps;

  const readTrusted = async (tokens: TokenVerifier, token: string): Promise<Viewer | null> => {
    const trusted = await tokens.verify(token);
    if (trusted === null) return null;
    const user = await identities.findOrCreateUser(trusted.claims);
    if (user.status !== 'ACTIVE') return null;
    return { user, sessionId: null, apiKey: null, expiresAt: trusted.expiresAt };
  };

  return async (credential, address) => {
    if (credential.length > maxCredentialLength) return null;
    if (isApiKey(credential)) return apiKeys.verify(credential);
    if (tokenVerifier?.isFromIssuer(credential)) return readTrusted(tokenVerifier, credential);
    return authentication.verifySessionToken(credential, address);
  };
};
