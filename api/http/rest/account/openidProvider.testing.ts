/// <reference path="./oidcProvider.d.ts" />
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const clientId = 'ziggie';
export const clientSecret = 'the client secret of the tests';

/** The provider's claims about a user, beside `sub`. */
export type Claims = Readonly<Record<string, unknown>>;

/** A real OpenID Connect provider on this machine. It signs in any user name without a password. */
export interface TestProvider {
  readonly issuer: string;
  /** The claims of users, by `sub`. */
  readonly users: Map<string, Claims>;
  /** Stops answering for false, until it is called with true. */
  answer(answers: boolean): void;
  close(): Promise<void>;
}

/** Where the provider finds the client's keys. */
const keysPath = '/client.jwks';

export const startProvider = async (
  redirectUri: string,
  authMethod: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' = 'client_secret_basic',
  publicKey: KeyObject | null = null,
): Promise<TestProvider> => {
  const users = new Map<string, Claims>();
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  let answers = true;
  const server = createServer((request, response) => {
    if (request.url === keysPath && publicKey) {
      const key = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [key] }));
    } else if (answers) listener(request, response);
    else request.socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const provider = withoutWarnings(
    () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: clientId,
            ...(publicKey ? { jwks_uri: `${issuer}${keysPath}` } : { client_secret: clientSecret }),
            redirect_uris: [redirectUri],
            token_endpoint_auth_method: authMethod,
          },
        ],
        claims: { openid: ['sub'], profile: ['preferred_username', 'realm_access'], email: ['email'] },
        cookies: { keys: ['a key for tests'] },
        features: { devInteractions: { enabled: true } },
        pkce: { required: () => true },
        ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Session: 60, Grant: 60 },
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({ sub: accountId, ...users.get(accountId) }),
        }),
        async loadExistingGrant({ oidc }) {
          const { clientId: of } = oidc.client;
          const grant = new oidc.provider.Grant({ clientId: of, accountId: oidc.session.accountId });
          grant.addOIDCScope('openid profile email');
          await grant.save();
          return grant;
        },
      }),
  );
  listener = provider.callback();

  return {
    issuer,
    users,
    answer(now) {
      answers = now;
      if (!now) server.closeAllConnections();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

/** Runs `create` without its warnings: the provider warns about its development settings. */
const withoutWarnings = <Created>(create: () => Created): Created => {
  const { warn } = console;
  console.warn = () => {};
  try {
    return create();
  } finally {
    console.warn = warn;
  }
};

/** Returns a free port. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

/** Creates a minimal browser: it stores cookies by origin and path, and follows redirects. */
export const createBrowser = () => {
  const jar = new Map<string, { readonly value: string; readonly origin: string; readonly path: string }>();

  const keep = (response: Response, url: URL) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
      jar.set(`${url.origin} ${name} ${path}`, { value: `${name}=${value}`, origin: url.origin, path });
    }
  };

  const cookies = (url: URL) =>
    [...jar.values()]
      .filter(
        ({ origin, path, value }) =>
          origin === url.origin && url.pathname.startsWith(path) && !value.endsWith('='),
      )
      .map(({ value }) => value)
      .join('; ');

  return {
    cookies: (url: string) => cookies(new URL(url)),
    /** Sends one request, and doesn't follow its redirect. */
    async step(address: string, form?: Readonly<Record<string, string>>): Promise<Response> {
      const url = new URL(address);
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: cookies(url) },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      });
      keep(response, url);
      return response;
    },
    /** Follows redirects to a page, or to the first URL that `stop` matches. Returns the last URL. */
    async follow(
      address: string,
      stop: RegExp = /^$/,
      form?: Readonly<Record<string, string>>,
    ): Promise<string> {
      let [at, given] = [address, form];
      for (let steps = 0; steps < 20; steps += 1) {
        if (stop.test(at)) return at;
        const response = await this.step(at, given);
        const location = response.headers.get('location');
        if (location === null) return at;
        [at, given] = [new URL(location, at).href, undefined];
      }
      throw new Error('too many redirects');
    },
  };
};
