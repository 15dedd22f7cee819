import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Accounts } from '../../accounts/service.ts';
import type { Budgets } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import { type DocumentLimits, defaultDocumentLimits } from '../../config/values/documentLimits.ts';
import type { Engine } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { Caller } from '../../graph/context.ts';
import type { NoteHit } from '../../limits/hits/limitHits.ts';
import { createFairScheduler } from '../../process/fairScheduler.ts';
import type { Ids } from '../../process/ids.ts';
import type { Startup } from '../../process/startup.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import type { Stores } from '../../stores/stores.ts';
import { createAuthenticate } from '../auth/authenticate.ts';
import { createOrigins, type Origins } from '../auth/origins.ts';
import { createGraphiQL, wantsGraphiQL } from '../graphql/graphiql.ts';
import { type PersistedDocumentsOptions, readPersistedDocuments } from '../graphql/persistedDocuments.ts';
import type { Introspection } from '../graphql/plugins/useIntrospection.ts';
import { createGraphQL } from '../graphql/yoga.ts';
import { sendFailure, sendFailureAs } from '../responses/answers.ts';
import { accountRoutes } from '../rest/account/accountRoutes.ts';
import { healthRoutes } from '../rest/health.ts';
import { failAsOpenAI } from '../rest/openai/openaiErrors.ts';
import { completionBodyLimit } from '../rest/plan/rest.ts';
import { createSocketAccess } from '../sockets/socketAccess.ts';
import { createSocketProtocol } from '../sockets/socketProtocol.ts';
import { createSocketSlots } from '../sockets/socketSlots.ts';
import { createSockets } from '../sockets/sockets.ts';
import { createWebApp } from '../web/webApp.ts';
import { createAddressOf, createIsProxy } from './clientAddress.ts';
import { createConnectionLimits } from './connectionLimits.ts';
import { answerCors } from './cors.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { type Address, createListeners } from './listeners.ts';
import type { RequestLimit } from './requestLimit.ts';
import { logRequest } from './requestLog.ts';
import { answerRoute, type Route } from './routes.ts';
import { setSecurityHeaders } from './securityHeaders.ts';
import { createStalledResponses } from './stalledResponses.ts';

/** What may wait for the end of one response. */
const maxCloseListeners = 30;

/** Bytes of a GraphQL request, unless the options say otherwise: room for the longest prompt. */
const graphqlBodyLimit = 4 * 1024 * 1024;

export interface HttpServerDeps {
  readonly schema: GraphQLSchema;
  readonly context: (caller: Caller) => object;
  readonly accounts: Accounts;
  readonly engine: Engine;
  readonly stores: Stores;
  readonly adapters: Pick<SharedAdapters, 'check'>;
  /** What a start still has to do. Absent: nothing. */
  readonly startup?: Pick<Startup, 'pending'>;
  readonly budgets: Budgets;
  readonly callerLimits: CallerLimits;
  readonly noteHit: NoteHit;
  readonly ids: Ids;
  readonly log: Logger;
  readonly addresses: readonly Address[];
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  /** None: any number of requests. */
  readonly requestLimit?: RequestLimit;
  /** IP addresses, or networks of them, of proxies that say truly where a request comes from. */
  readonly trustedProxies: readonly string[];
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly development: boolean;
  readonly documentLimits?: DocumentLimits;
  /** Which documents are known by id, beside the web app's; see persistedDocuments.ts. */
  readonly persisted?: Pick<PersistedDocumentsOptions, 'files' | 'only'>;
  readonly introspection?: Introspection;
  /** Whether a browser that opens `/graphql` gets GraphiQL. */
  readonly graphiql?: boolean;
  readonly graphqlBodyLimit?: number;
  /** How patient sockets are, in milliseconds; see sockets.ts and socketProtocol.ts. */
  readonly socketTimes?: {
    readonly keepAliveMs?: number;
    readonly initTimeoutMs?: number;
    readonly stallMs?: number;
  };
  /** REST addresses beside our own. */
  readonly routes?: readonly Route[];
  readonly plugins?: readonly Plugin[];
}

export interface HttpServer {
  /** Resolves to the URLs it answers at. Throws `ListenError`. */
  listen(): Promise<readonly string[]>;
  /** From now on readiness says `stopping`, so that balancers send nobody here; all else goes on. */
  drain(): void;
  /** Tells sockets to come back later, lets running requests finish for `graceMs`, ends the rest. Idempotent. */
  stop(graceMs: number): Promise<void>;
  /** How many sockets are open. */
  socketCount(): number;
}

/** Everything that is served: GraphQL over HTTP, SSE and sockets, REST, GraphiQL, health, the web app. */
export const createHttpServer = async (deps: HttpServerDeps): Promise<HttpServer> => {
  const { accounts, engine, stores, ids, log } = deps;
  let stopping = false;
  const origins = createOrigins(deps);
  const addressOf = createAddressOf(deps.trustedProxies);
  const authenticate = createAuthenticate(accounts, origins);
  const access = createSocketAccess({ accounts, authenticate, origins, addressOf });
  const { development, persisted = { files: [], only: false } } = deps;
  const documentLimits = deps.documentLimits ?? defaultDocumentLimits;
  const documents = await readPersistedDocuments({
    ...persisted,
    development,
    maxCharacters: documentLimits.characters,
  });
  const bodyLimit = deps.graphqlBodyLimit ?? graphqlBodyLimit;
  const yoga = createGraphQL({
    ...deps,
    documents,
    documentLimits,
    introspection: deps.introspection ?? 'on',
    bodyLimit,
  });
  const arrivals = createFairScheduler();
  const preparations = createFairScheduler();
  const protocol = createSocketProtocol({
    ...deps.socketTimes,
    requestLimit: deps.requestLimit,
    yoga,
    documents,
    access,
    addressOf,
    turns: preparations,
    ids,
  });
  const { budgets, callerLimits: limits, noteHit } = deps;
  const places = createSocketSlots({
    budgets,
    limits,
    requestLimit: deps.requestLimit,
    authenticate,
    addressOf,
    noteHit,
  });
  const sockets = createSockets({
    ...deps.socketTimes,
    protocol,
    places,
    budgets,
    addressOf,
    limits,
    noteHit,
    ids,
    log,
  });
  const graphiql = createGraphiQL();
  const showsGraphiQL = deps.graphiql ?? true;
  const webApp = await createWebApp({ root: deps.webRoot, development });
  const routes = [
    ...accountRoutes(accounts),
    ...healthRoutes({
      engine,
      stores,
      adapters: deps.adapters,
      startup: deps.startup,
      stopping: () => stopping,
    }),
    ...(deps.routes ?? []),
  ];
  const secureCookie = deps.publicUrl?.startsWith('https:') ?? false;

  const answer = async (exchange: Exchange): Promise<void> => {
    const { request, response, path } = exchange;
    // Whoever it is, is found out in this turn.
    setImmediate(await arrivals.acquire(sentBy(exchange)));
    // The peer left while it waited.
    if (response.closed) return;
    if (request.headers.host !== undefined && !URL.canParse(`http://${request.headers.host}`)) {
      throw new Failure('BAD_USER_INPUT', 'The Host header is not a host.');
    }
    if (answerCors(exchange, origins)) return;
    const graphql = path === '/graphql' || path === '/graphql/';
    const opensGraphiQL = graphql && showsGraphiQL && wantsGraphiQL(exchange);
    try {
      checkOrigin(exchange, origins);
      if ((graphql || isForPrograms(path)) && !opensGraphiQL) {
        await deps.requestLimit?.request(exchange);
        await exchange.holdBody(graphql ? bodyLimit : completionBodyLimit);
        if (graphql) await exchange.awaitTurn();
      }
    } catch (error) {
      return refuse(exchange, error, graphql);
    }
    if (opensGraphiQL) return graphiql(exchange);
    if (graphql) return yoga(request, response, { exchange });
    if (await answerRoute(exchange, routes)) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Failure('NOT_FOUND', `There is nothing to ${request.method} at ${path}.`);
    }
    await webApp(exchange);
  };

  const stalled = createStalledResponses(deps.socketTimes?.stallMs);

  const receive = (request: IncomingMessage, response: ServerResponse) => {
    const exchange = openExchange(request, response, {
      accounts,
      authenticate,
      budgets,
      turns: preparations,
      secureCookie,
      addressOf,
      ids,
      log,
    });
    response.setHeader('X-Request-Id', exchange.requestId);
    setSecurityHeaders(response);
    // What may be stored says so itself.
    response.setHeader('Cache-Control', 'no-store');
    logRequest(exchange);
    // Its log line, its limits and the end of its session each wait for its end.
    response.setMaxListeners(maxCloseListeners);
    stalled.watch(response);
    answer(exchange).catch((error: unknown) => sendFailure(exchange, error));
  };

  const listeners = createListeners({
    addresses: deps.addresses,
    request: receive,
    limits: createConnectionLimits({ ...limits, isProxy: createIsProxy(deps.trustedProxies) }),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
  });

  return {
    listen: () => listeners.listen(),
    drain: () => {
      stopping = true;
    },
    async stop(graceMs) {
      stopping = true;
      await Promise.all([sockets.close(), listeners.close(graceMs)]);
      stalled.close();
      await yoga.dispose();
    },
    socketCount: () => sockets.count(),
  };
};

/** What a page elsewhere could make a browser send. A token or a key it can't know, nor send without asking (CORS). */
const couldBeForged = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  headers.authorization === undefined &&
  headers['x-api-key'] === undefined;

/** Throws `FORBIDDEN` for what a page of another origin may have made a browser send. */
const checkOrigin = ({ request }: Exchange, origins: Origins): void => {
  if (!couldBeForged(request) || origins.trusts(request.headers)) return;
  const origin = request.headers.origin ?? 'another site';
  throw new Failure('FORBIDDEN', `${origin} may not call. If it should, add it to CORS_ORIGINS.`);
};

/** What is limited beside GraphQL. Health and metrics are for probes, pages are files. */
const isForPrograms = (path: string): boolean => path.startsWith('/api/') || path.startsWith('/v1/');

/**
 * Who seems to have sent a request, before that is checked: whoever makes credentials up gains turns to be refused. An
 * anonymous caller is known by its address.
 */
const sentBy = ({ request: { headers }, address }: Exchange): string =>
  headers.authorization ?? [headers['x-api-key']].flat()[0] ?? headers.cookie ?? address ?? '';

/** Before GraphQL or a route has seen it, in the shape that its errors have. */
const refuse = (exchange: Exchange, error: unknown, graphql: boolean): void => {
  if (graphql) {
    sendFailureAs(exchange, error, ({ message, code, details }) => ({
      errors: [{ message, extensions: { ...details, code } }],
    }));
  } else if (exchange.path.startsWith('/v1/')) failAsOpenAI(exchange, error);
  else sendFailure(exchange, error);
};
