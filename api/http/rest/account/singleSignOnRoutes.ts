import {
  callbackPath,
  type SignOnProblem,
  type SingleSignOn,
  signOnLifetimeS,
  startPath,
} from '../../../accounts/singleSignOn/singleSignOn.ts';
import { readCookie } from '../../auth/cookies.ts';
import type { Exchange } from '../../server/exchange.ts';
import type { Route } from '../routes.ts';

const cookieName = 'ziggie_sign_on';

/** Signing in with a provider, in a browser: there by `start`, and back by `callback`. */
export const singleSignOnRoutes = (singleSignOn: SingleSignOn, publicUrl: string): readonly Route[] => {
  const secure = publicUrl.startsWith('https:');

  /** `Lax`, because the provider's page leads back here: with `Strict` the cookie would stay away. */
  const cookie = (sealed: string | null): string =>
    [
      `${cookieName}=${sealed ?? ''}`,
      'Path=/api/auth/oidc',
      `Max-Age=${sealed === null ? 0 : signOnLifetimeS}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(secure ? ['Secure'] : []),
    ].join('; ');

  const redirect = ({ response }: Exchange, location: string) => {
    response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
  };

  const backToSignIn = (exchange: Exchange, problem: SignOnProblem) =>
    redirect(exchange, `/login?problem=${problem}`);

  return [
    {
      method: 'GET',
      path: startPath,
      async handle(exchange) {
        const { searchParams } = new URL(exchange.request.url ?? '/', publicUrl);
        const begun = await singleSignOn.begin(searchParams.get('next'));
        if ('problem' in begun) {
          backToSignIn(exchange, begun.problem);
          return;
        }
        exchange.response.setHeader('Set-Cookie', cookie(begun.sealed));
        redirect(exchange, begun.url);
      },
    },
    {
      method: 'GET',
      path: callbackPath,
      async handle(exchange) {
        const { request, response, address, requestId } = exchange;
        // By our own address, whatever the request calls us: the provider was told to come back here.
        const returned = new URL(
          `${callbackPath}${new URL(request.url ?? '/', publicUrl).search}`,
          publicUrl,
        );
        const client = { address, userAgent: request.headers['user-agent'] ?? null, requestId };
        const sealed = readCookie(request.headers.cookie, cookieName);
        const outcome = await singleSignOn.finish(returned, sealed, client);
        response.setHeader('Set-Cookie', cookie(null));
        if (outcome.is === 'problem') {
          backToSignIn(exchange, outcome.problem);
          return;
        }
        const { sessionCookie } = exchange;
        response.setHeader('Set-Cookie', [cookie(null), sessionCookie(outcome.signIn.token)]);
        redirect(exchange, outcome.next);
      },
    },
  ];
};
