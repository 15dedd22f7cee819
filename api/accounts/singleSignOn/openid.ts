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
  /** An https URL, or an http URL of this machine. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Separated by spaces; includes `openid`. */
  readonly scopes: string;
  /** The claim with the roles; null: administrators assign roles. */
  readonly rolesClaim: string | null;
  /** The callback URL. */
  readonly redirectUri: string;
}

/** The state of a pending sign-in. Only the browser that began it has it. */
export interface OpenIdRequest {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Why a sign-in failed: the provider is unreachable, it rejected the request, or its response is invalid. */
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
 * An OpenID Connect client for the authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1;
 * RFC 7636). Both methods throw `OpenIdFailure`.
 */
export interface OpenIdClient {
  /** Returns the provider's authorization URL, and the state to check its response against. */
  begin(): Promise<{ readonly url: URL; readonly request: OpenIdRequest }>;
  /** Exchanges the code for the user's claims. `returned` is the callback URL with the provider's parameters. */
  finish(returned: URL, request: OpenIdRequest): Promise<IdentityClaims>;
}

/** The timeout of one request to the provider, in seconds. */
const timeoutS = 10;
/** How long the provider's metadata is cached, in milliseconds. Its keys are refreshed as needed. */
const metadataTtlMs = 60 * 60_000;

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

  /** Returns the provider's metadata. Simultaneous calls share one discovery; a failed one isn't cached. */
  const configuration = async (): Promise<Configuration> => {
    const now = performance.now();
    if (!known || now - known.at >= metadataTtlMs) known = { configuration: discover(), at: now };
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
        // Many providers return names and roles from this endpoint only.
        const hasUserInfo = provider.serverMetadata().userinfo_endpoint !== undefined;
        const userInfo = hasUserInfo ? await fetchUserInfo(provider, tokens.access_token, subject) : {};
        const claims = { ...userInfo, ...idClaims };
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

/** Whether the error, or its cause, is a failed connection of `fetch` or a timeout of the library. */
const isUnavailable = (error: unknown): boolean =>
  types.isNativeError(error) &&
  (error.message === 'fetch failed' ||
    ('code' in error && error.code === 'OAUTH_TIMEOUT') ||
    isUnavailable(error.cause));
