import type { KeyObject } from 'node:crypto';
import { types } from 'node:util';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  PrivateKeyJwt,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { claimAt, roleFromClaim, usernameClaim } from './claims.ts';
import type { IdentityClaims } from './identities.ts';

export interface OpenIdOptions {
  /** An https URL, or an http URL of this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: the client authenticates by its key. */
  readonly clientSecret: string | null;
  /** An RSA, EC P-256 or Ed25519 key for `private_key_jwt`; null: the client authenticates by its secret. */
  readonly clientKey: KeyObject | null;
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
export type OpenIdReason = 'provider-unavailable' | 'rejected' | 'failed';

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
 * RFC 7636). The client authenticates by its key, or sends its secret as the provider supports it and as it is registered
 * there. Both methods throw `OpenIdFailure`.
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
  const { issuer, clientId, clientSecret, clientKey, scopes, rolesClaim, redirectUri } = options;
  let method: ClientAuthMethod = 'client_secret_basic';
  const authentications = {
    client_secret_basic: ClientSecretBasic(clientSecret ?? undefined),
    client_secret_post: ClientSecretPost(clientSecret ?? undefined),
  };
  const byKey = clientKey && PrivateKeyJwt(signingKeyOf(clientKey));
  const authenticate: ClientAuth = (...request) => (byKey ?? authentications[method])(...request);
  let known: { readonly configuration: Promise<Configuration>; readonly at: number } | null = null;

  const discover = async (): Promise<Configuration> => {
    const execute = [
      enableNonRepudiationChecks,
      ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
    ];
    const found = await discovery(new URL(issuer), clientId, clientSecret ?? undefined, authenticate, {
      execute,
      timeout: timeoutS,
    });
    // Without the list, a provider supports basic authentication (OpenID Connect Discovery 1.0, 3).
    const supported = found.serverMetadata().token_endpoint_auth_methods_supported;
    if (supported && !supported.includes(method) && supported.includes(other(method))) method = other(method);
    return found;
  };

  /** Returns the provider's metadata. Simultaneous calls share one discovery; a failed one isn't cached. */
  const configuration = async (): Promise<Configuration> => {
    const now = performance.now();
    if (!known || now - known.at >= metadataTtlMs) known = { configuration: discover(), at: now };
    try {
      return await known.configuration;
    } catch (error) {
      known = null;
      throw new OpenIdFailure('provider-unavailable', error);
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
        const exchange = () =>
          authorizationCodeGrant(provider, returned, {
            pkceCodeVerifier: codeVerifier,
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
          });
        const tokens = await exchange().catch((error: unknown) => {
          if (clientKey || !isClientRejected(error)) throw error;
          // A client is registered for one method. The rejection used up no code.
          method = other(method);
          return exchange();
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

/** Returns the key for signatures by RS256, ES256 or EdDSA. */
const signingKeyOf = (key: KeyObject): CryptoKey => {
  const algorithms = {
    rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    ec: { name: 'ECDSA', namedCurve: 'P-256' },
    ed25519: { name: 'Ed25519' },
  } as const;
  const algorithm = algorithms[key.asymmetricKeyType as keyof typeof algorithms];
  // The types of Node name more usages than those of the library.
  return key.toCryptoKey(algorithm, false, ['sign']) as CryptoKey;
};

/** How the client sends its secret (OpenID Connect Core 1.0, 9). */
type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post';

const other = (method: ClientAuthMethod): ClientAuthMethod =>
  method === 'client_secret_basic' ? 'client_secret_post' : 'client_secret_basic';

/** Whether the token endpoint rejected the client's authentication (RFC 6749, 5.2). */
const isClientRejected = (error: unknown): boolean =>
  error instanceof WWWAuthenticateChallengeError ||
  (error instanceof ResponseBodyError && error.error === 'invalid_client');

const reasonOf = (error: unknown): OpenIdReason => {
  if (error instanceof AuthorizationResponseError) return 'rejected';
  return isUnavailable(error) ? 'provider-unavailable' : 'failed';
};

/** Whether the error, or its cause, is a failed connection of `fetch` or a timeout of the library. */
const isUnavailable = (error: unknown): boolean =>
  types.isNativeError(error) &&
  (error.message === 'fetch failed' ||
    ('code' in error && error.code === 'OAUTH_TIMEOUT') ||
    isUnavailable(error.cause));
