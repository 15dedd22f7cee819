import type { IncomingMessage } from 'node:http';
import { Failure } from '../errors/failures.ts';
import { createFairScheduler } from '../process/fairScheduler.ts';
import { bearerToken } from './auth/authenticate.ts';
import type { Origins } from './auth/origins.ts';
import { sendGraphQLFailure } from './graphql/errors.ts';
import { wantsGraphiQL } from './graphql/graphiql.ts';
import { completionBodyLimit } from './rest/completions.ts';
import { handleRoute, type Route } from './rest/routes.ts';
import { failAtPath, isMisdirected, nothingAt } from './rest/unknownPaths.ts';
import { answerCors } from './server/cors.ts';
import type { Exchange } from './server/exchange.ts';
import type { RequestLimit } from './server/requestLimit.ts';

type Answer = (exchange: Exchange) => Promise<void>;

export interface RequestHandlerDeps {
  readonly origins: Origins;
  /** Absent: any number of requests. */
  readonly requestLimit: RequestLimit | undefined;
  readonly graphql: Answer;
  /** The maximum size of a GraphQL request's body, in bytes. */
  readonly graphqlBodyLimit: number;
  /** The maximum size of a body with files, in bytes. */
  readonly uploadLimit: number;
  /** Null: `/graphql` shows no page. */
  readonly graphiql: Answer | null;
  readonly routes: readonly Route[];
  readonly webApp: Answer;
}

/** Checks a request by the guards that all request surfaces share, then passes it to GraphQL, a route or the web app. */
export const createRequestHandler = (deps: RequestHandlerDeps): Answer => {
  const { origins, requestLimit, graphql, graphqlBodyLimit, uploadLimit, graphiql, routes, webApp } = deps;
  const arrivals = createFairScheduler();

  return async (exchange) => {
    const { request, response, path } = exchange;
    // Authentication is part of the sender's task.
    setImmediate(await arrivals.acquire(...senderOf(exchange)));
    // The client disconnected while the request waited.
    if (response.closed) return;
    if (request.headers.host !== undefined && !URL.canParse(`http://${request.headers.host}`)) {
      throw new Failure('BAD_USER_INPUT', 'The Host header is not a valid host name.');
    }
    if (answerCors(exchange, origins)) return;
    const isGraphQL = path === '/graphql' || path === '/graphql/';
    const showPage = isGraphQL && wantsGraphiQL(exchange) ? graphiql : null;
    try {
      checkOrigin(exchange, origins);
      if ((isGraphQL || isApi(path)) && !showPage) {
        await requestLimit?.request(exchange);
        const bodyLimit = isGraphQL ? graphqlBodyLimit : completionBodyLimit;
        await exchange.holdBody(hasFile(exchange) ? uploadLimit : bodyLimit);
        if (isGraphQL) await exchange.acquireSlot();
      }
    } catch (error) {
      return reject(exchange, error, isGraphQL);
    }
    if (showPage) return showPage(exchange);
    if (isGraphQL) return graphql(exchange);
    if (await handleRoute(exchange, routes)) return;
    if ((request.method !== 'GET' && request.method !== 'HEAD') || isMisdirected(exchange)) {
      return failAtPath(exchange, nothingAt(exchange));
    }
    await webApp(exchange);
  };
};

/**
 * Whether a page of another site could have made a browser send the request. It doesn't know a token or a key, and can't
 * set these headers without a preflight request (CORS). HTTP Basic is different: a browser sends it again by itself.
 */
const couldBeForged = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  bearerToken(headers.authorization) === null &&
  headers['x-api-key'] === undefined;

/** Throws `FORBIDDEN` for a request that a page of an untrusted origin may have made a browser send. */
const checkOrigin = ({ request }: Exchange, origins: Origins): void => {
  if (!couldBeForged(request) || origins.trusts(request.headers)) return;
  const { origin = 'another site', host } = request.headers;
  throw new Failure(
    'FORBIDDEN',
    `Requests from ${origin} are rejected, because this server is addressed as ${host}. If ${origin} is the address at which browsers reach this server through a proxy, set PUBLIC_URL to it. If it is another site that may call, add it to CORS_ORIGINS.`,
  );
};

/** Whether the body is or has a file, which may be larger than other bodies. */
const hasFile = ({ request: { method, headers } }: Exchange): boolean =>
  method === 'PUT' ||
  /^(?:multipart\/|text\/csv\b|application\/(?:jsonl|jsonlines|x-ndjson|x-jsonlines)\b)/i.test(
    headers['content-type'] ?? '',
  );

/** The paths of APIs, which are limited. Health and metrics are polled by probes; pages are static files. */
const isApi = (path: string): boolean =>
  path.startsWith('/api/') || path.startsWith('/v1/') || path === '/mcp';

/**
 * The caller for the scheduler: the sender's unverified credentials, or the address of an anonymous sender, and its group.
 * Made-up credentials only schedule requests that are rejected.
 */
const senderOf = ({ request: { headers }, address }: Exchange): [sender: string, group: string] => {
  const credentials = headers.authorization ?? [headers['x-api-key']].flat()[0] ?? headers.cookie;
  return credentials === undefined ? [address ?? '', 'ADDRESS'] : [credentials, 'USER'];
};

/** Sends an error of the guards in the shape that the request surface has. */
const reject = (exchange: Exchange, error: unknown, isGraphQL: boolean): void => {
  if (isGraphQL) sendGraphQLFailure(exchange, error);
  else failAtPath(exchange, error);
};
