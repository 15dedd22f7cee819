import { isApiKey } from '../access/apiKey.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ApiKeys } from '../apiKeys/service.ts';
import type { Authentication } from './authentication.ts';
import type { Identities } from './singleSignOn/identities.ts';
import type { TokenVerifier } from './singleSignOn/tokenVerifier.ts';

/** The maximum length of a credential, in UTF-16 units. Longer ones are rejected before they are parsed. */
export const maxCredentialLength = 16_384;

/**
 * Returns the viewer of an API key, a session token, or a token of the trusted issuer; null if it is invalid, expired or
 * revoked, or its user isn't active. Throws `ENGINE_UNAVAILABLE` if the issuer's keys can't be fetched.
 */
export type VerifyCredential = (credential: string, address: string | null) => Promise<Viewer | null>;

export interface CredentialVerifierDeps {
  readonly authentication: Authentication;
  readonly apiKeys: ApiKeys;
  readonly identities: Identities;
  /** Null: no external issuer is trusted. */
  readonly tokenVerifier: TokenVerifier | null;
}

export const createCredentialVerifier = (deps: CredentialVerifierDeps): VerifyCredential => {
  const { authentication, apiKeys, identities, tokenVerifier } = deps;

  const verifyIssuerToken = async (verifier: TokenVerifier, token: string): Promise<Viewer | null> => {
    const verified = await verifier.verify(token);
    if (verified === null) return null;
    const user = await identities.findOrCreateUser(verified.claims);
    if (user.status !== 'ACTIVE') return null;
    return { user, sessionId: null, apiKey: null, expiresAt: verified.expiresAt };
  };

  return async (credential, address) => {
    if (credential.length > maxCredentialLength) return null;
    if (isApiKey(credential)) return apiKeys.verify(credential);
    if (tokenVerifier?.isFromIssuer(credential)) return verifyIssuerToken(tokenVerifier, credential);
    return authentication.verifySessionToken(credential, address);
  };
};
