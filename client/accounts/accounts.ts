import { SignInDocument, type SignInMutation, type ViewerQuery } from '../__generated__/graphql.ts';
import { addressesOf, type ClientOptions, defaultTimeouts } from '../options.ts';
import { payloadOf } from '../transport/payload.ts';
import { createRequest, type Request } from '../transport/requests.ts';
import { createTokens } from '../transport/tokens.ts';

/** The authenticated user. */
export type Viewer = NonNullable<ViewerQuery['viewer']>;

export interface Credentials {
  /** Case-insensitive. */
  readonly username: string;
  readonly password: string;
  readonly signal?: AbortSignal;
}

export interface Session {
  readonly token: string;
  /** The lifetime of the token, in seconds. */
  readonly expiresIn: number;
  readonly viewer: Viewer;
}

/**
 * Signs in without a client, for use in a token provider:
 * `createClient({ url, tokenProvider: async () => (await signIn({ url, username, password })).token })`.
 *
 * Throws `UNAUTHENTICATED` for a wrong name or password, `RATE_LIMITED` after too many failed tries.
 */
export const signIn = async ({
  username,
  password,
  signal,
  ...options
}: Credentials & Pick<ClientOptions, 'url' | 'fetch' | 'timeouts'>): Promise<Session> => {
  const request = createRequest({
    url: addressesOf(options.url).http,
    tokens: createTokens(null, null),
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeouts?.request ?? defaultTimeouts.request,
    closed: new AbortController().signal,
  });
  return sessionOf(await openSession(request, { username, password, ...(signal && { signal }) }));
};

const openSession = (
  request: Request,
  { username, password, signal }: Credentials,
): Promise<SignInMutation> => request(SignInDocument, { username, password }, { ...(signal && { signal }) });

const sessionOf = ({ signIn }: SignInMutation): Session => {
  const { accessToken, expiresIn, viewer } = payloadOf(signIn);
  return { token: accessToken, expiresIn, viewer };
};
