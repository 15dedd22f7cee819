import { types } from 'node:util';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { claimAt, roleFromClaim, usernameClaim } from './claims.ts';
import type { IdentityClaims } from './identities.ts';

export interface OpenIdOptions {
  /** An https URL, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** With spaces between them; `openid` is one. */
  readonly scopes: string;
  /** Which claim names roles; null: none does. */
  readonly rolesClaim: string | null;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
}

/** What is to be remembered of a sign-in that was begun, by the browser that began it and nobody else. */
export interface OpenIdRequest {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Why a sign-in came to nothing: the provider does not answer, it said no, or what it said can't be believed. */
export type OpenIdReason = 'provider-away' | 'refused' | 'failed';

export class OpenIdFailure extends Error {
  override readonly name = 'OpenIdFailure';
  readonly reason: OpenIdReason;

  constructor(reason: OpenIdReason, cause: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/**
 * Sign-in by OpenID Connect: the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1;
 * RFC 7636). Both methods throw `OpenIdFailure`.
 */
export interface OpenIdClient {
  begin(): Promise<{ readonly url: URL; readonly request: OpenIdRequest }>;
  /** `returned` is where the provider has sent the browser to. */
  finish(returned: URL, request: OpenIdRequest): Promise<IdentityClaims>;
}

/** Seconds that one request to the provider may take. */
const timeoutS = 10;
/** How long what the provider says of itself is believed, in milliseconds. Its keys are looked up again as needed. */
const discoveredMs = 60 * 60_000;

export const createOpenIdClient = (options: OpenIdOptions): OpenIdClient => {
  const { issuer, clientId, clientSecret, scopes, rolesClaim, redirectUri } = options;
  let known: { readonly configuration: Promise<Configuration>; readonly at: number } | null = null;

  const discover = async (): Promise<Configuration> => {
    const execute = [
      enableNonRepudiationChecks,
      ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
    ];
    return discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: timeoutS });
  };

  /** One look-up at a time, and none is remembered that failed. */
  const configuration = async (): Promise<Configuration> => {
    const now = performance.now();
    if (!known || now - known.at >= discoveredMs) known = { configuration: discover(), at: now };
    try {
      return await known.configuration;
    } catch (error) {
      known = null;
      throw new OpenIdFailure('provider-away', error);
    }
  };

  return {
    async begin() {
      const provider = await configuration();
      const request = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier: randomPKCECodeVerifier(),
      };
      const url = buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri,
        scope: scopes,
        state: request.state,
        nonce: request.nonce,
        code_challenge: await calculatePKCECodeChallenge(request.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, request };
    },

    async finish(returned, { state, nonce, codeVerifier }) {
      const provider = await configuration();
      try {
        const tokens = await authorizationCodeGrant(provider, returned, {
          pkceCodeVerifier: codeVerifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const idClaims: Readonly<Record<string, unknown>> = tokens.claims() ?? {};
        const subject = String(idClaims.sub);
        // Many providers put names and roles there alone.
        const isAsked = provider.serverMetadata().userinfo_endpoint !== undefined;
        const more = isAsked ? await fetchUserInfo(provider, tokens.access_token, subject) : {};
        const claims = { ...more, ...idClaims };
        return {
          identity: { issuer: String(idClaims.iss), subject },
          name: usernameClaim(claims),
          role: rolesClaim === null ? null : roleFromClaim(claimAt(claims, rolesClaim)),
        };
      } catch (error) {
        throw new OpenIdFailure(reasonOf(error), error);
      }
    },
  };
};

const reasonOf = (error: unknown): OpenIdReason => {
  if (error instanceof AuthorizationResponseError) return 'refused';
  return isUnavailable(error) ? 'provider-away' : 'failed';
};

/** What `fetch` throws where there is no connection, and the library where it took too long, maybe as a cause. */
const isUnavailable = (error: unknown): boolean =>
  types.isNativeError(error) &&
  (error.message === 'fetch failed' ||
    ('code' in error && error.code === 'OAUTH_TIMEOUT') ||
    isUnavailable(error.cause));
