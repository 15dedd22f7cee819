import {
  callbackPath,
  type SignOnProblem,
  type SingleSignOn,
  signOnLifetimeS,
  startPath,
} from '../../../accounts/singleSignOn/singleSignOn.ts';
import { readCookie } from '../../auth/cookies.ts';
import { basePathOf } from '../../server/basePath.ts';
import type { Exchange } from '../../server/exchange.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';

const cookieName = 'ziggie_sign_on';

/** The two browser redirects of single sign-on: to the identity provider (`start`), and back from it (`callback`). */
export const singleSignOnRoutes = (singleSignOn: SingleSignOn, publicUrl: string): readonly Route[] => {
  const secure = publicUrl.startsWith('https:');
  const basePath = basePathOf(publicUrl);

  /** `SameSite=Lax`, since the provider's page redirects back here: browsers don't send a `Strict` cookie then. */
  const cookie = (sealed: string | null): string =>
    [
      `${cookieName}=${sealed ?? ''}`,
      `Path=${basePath}/api/auth/oidc`,
      `Max-Age=${sealed === null ? 0 : signOnLifetimeS}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(secure ? ['Secure'] : []),
    ].join('; ');

  const redirect = ({ response }: Exchange, location: string) => {
    response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
  };

  const redirectToSignIn = (exchange: Exchange, problem: SignOnProblem) =>
    redirect(exchange, `${basePath}/login?problem=${problem}`);

  return [
    endpoint({
      unlisted: 'redirect',
      method: 'GET',
      path: startPath,
      credentials: 'none',
      async handle({ exchange }) {
        const { searchParams } = new URL(exchange.request.url ?? '/', publicUrl);
        const begun = await singleSignOn.begin(searchParams.get('next'));
        if ('problem' in begun) {
          redirectToSignIn(exchange, begun.problem);
          return;
        }
        exchange.response.setHeader('Set-Cookie', cookie(begun.sealed));
        redirect(exchange, begun.url);
      },
    }),
    endpoint({
      unlisted: 'redirect',
      method: 'GET',
      path: callbackPath,
      credentials: 'none',
      async handle({ exchange }) {
        const { request, response, address, requestId } = exchange;
        // The URL that is registered with the provider, whatever the request's Host is.
        const { search } = new URL(request.url ?? '/', publicUrl);
        const callbackUrl = new URL(`${publicUrl}${callbackPath}${search}`);
        const client = { address, userAgent: request.headers['user-agent'] ?? null, requestId };
        const sealed = readCookie(request.headers.cookie, cookieName);
        const outcome = await singleSignOn.finish(callbackUrl, sealed, client);
        response.setHeader('Set-Cookie', cookie(null));
        if (outcome.is === 'problem') {
          redirectToSignIn(exchange, outcome.problem);
          return;
        }
        const { sessionCookie } = exchange;
        response.setHeader('Set-Cookie', [cookie(null), sessionCookie(outcome.signIn.token)]);
        redirect(exchange, `${basePath}${outcome.next}`);
      },
    }),
  ];
};
