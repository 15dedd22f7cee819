import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/service.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { CallerLimits } from '../config/values/callerLimits.ts';
import { type DocumentLimits, defaultDocumentLimits } from '../config/values/documentLimits.ts';
import type { Engine } from '../engine/engine.ts';
import type { Caller } from '../graph/context.ts';
import type { RecordLimitHit } from '../limits/hits/log.ts';
import type { RequestMetrics } from '../metrics/requestMetrics.ts';
import { createDeferredTasks } from '../process/deferredTasks.ts';
import { createFairScheduler } from '../process/fairScheduler.ts';
import type { Ids } from '../process/ids.ts';
import type { Startup } from '../process/startup.ts';
import { version } from '../process/version.ts';
import type { SharedAdapters } from '../replicas/shared.ts';
import type { Stores } from '../stores/stores.ts';
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts';
import { createSessionCookie } from './auth/cookies.ts';
import { createOrigins } from './auth/origins.ts';
import { moveKeyFromPath } from './auth/pathKey.ts';
import { createGraphiQL } from './graphql/graphiql.ts';
import { type PersistedDocumentsOptions, readPersistedDocuments } from './graphql/persistedDocuments.ts';
import type { Introspection } from './graphql/plugins/useIntrospection.ts';
import type { EventConnectionsDeps } from './graphql/singleConnection/connections.ts';
import { createSingleConnection } from './graphql/singleConnection/singleConnection.ts';
import { createTrustedOperations } from './graphql/trustedOperation.ts';
import { createGraphQL } from './graphql/yoga.ts';
import { createRequestHandler } from './requestHandler.ts';
import { sendFailure } from './responses/json.ts';
import { signInRoutes } from './rest/account/signInRoutes.ts';
import { createHealth } from './rest/health.ts';
import { docsRoutes } from './rest/openapi/docsRoutes.ts';
import type { Route } from './rest/routes.ts';
import { basePathOf, withoutBasePath } from './server/basePath.ts';
import { joinChunks } from './server/bodyChunks.ts';
import { createAddressOf, createIsProxy } from './server/clientAddress.ts';
import { createConnectionLimits } from './server/connectionLimits.ts';
import { createConnectionRate } from './server/connectionRate.ts';
import { openExchange } from './server/exchange.ts';
import { createKnownAddresses, type KnownAddresses } from './server/knownAddresses.ts';
import { type Address, createListeners } from './server/listeners.ts';
import type { RequestLimit } from './server/requestLimit.ts';
import { logRequest } from './server/requestLog.ts';
import { traceRequest } from './server/requestSpan.ts';
import { setSecurityHeaders } from './server/securityHeaders.ts';
import { createStalledResponses } from './server/stalledResponses.ts';
import { createSocketAccess } from './sockets/socketAccess.ts';
import { createSocketProtocol } from './sockets/socketProtocol.ts';
import { createSocketSlots } from './sockets/socketSlots.ts';
import { createSockets } from './sockets/sockets.ts';
import { createWebApp } from './web/webApp.ts';

/** Listeners for the end of one response: more than these are a leak. */
const maxCloseListeners = 30;

/** The default size limit of a GraphQL request's body, in bytes: room for the longest prompt. */
const defaultGraphqlBodyLimit = 4 * 1024 * 1024;

export interface HttpServerDeps {
  readonly schema: GraphQLSchema;
  readonly context: (caller: Caller) => object;
  readonly accounts: Accounts;
  readonly engine: Engine;
  readonly stores: Stores;
  readonly adapters: Pick<SharedAdapters, 'check'>;
  /** The pending steps of the start. Absent: none. */
  readonly startup?: Pick<Startup, 'pending' | 'since'>;
  readonly clock?: () => Date;
  readonly budgets: Budgets;
  /** Absent: requests aren't counted. */
  readonly metrics?: RequestMetrics;
  readonly callerLimits: CallerLimits;
  readonly recordLimitHit: RecordLimitHit;
  readonly ids: Ids;
  readonly log: Logger;
  /** The hosts and ports to listen on. */
  readonly addresses: readonly Address[];
  /** The URL at which browsers reach the service, with a path if it is below one. */
  readonly publicUrl: string | null;
  /** Part of the name of the session cookie; see cookies.ts. */
  readonly installation?: string;
  readonly corsOrigins: readonly string[];
  /** Absent: requests aren't rate limited. */
  readonly requestLimit?: RequestLimit;
  /** IP addresses or networks of the proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly development: boolean;
  readonly documentLimits?: DocumentLimits;
  /** Persisted documents beside the web app's; see persistedDocuments.ts. */
  readonly persisted?: Pick<PersistedDocumentsOptions, 'files' | 'only'>;
  readonly introspection?: Introspection;
  /** Whether a browser that opens `/graphql` gets GraphiQL. */
  readonly graphiql?: boolean;
  readonly graphqlBodyLimit?: number;
  /** The maximum size of a body with files, in bytes. Absent: that of other GraphQL requests. */
  readonly uploadLimit?: number;
  /** Maximum operations in a batch. Absent or 0: no batches. */
  readonly batchLimit?: number;
  /** Timeouts of sockets, in milliseconds; see sockets.ts, socketProtocol.ts and socketFlow.ts. */
  readonly socketTimes?: {
    readonly keepAliveMs?: number;
    readonly initTimeoutMs?: number;
    readonly stallMs?: number;
  };
  /** Bounds of reserved event streams; see connections.ts. */
  readonly eventConnections?: Pick<EventConnectionsDeps, 'reservationMs' | 'maxReserved'>;
  /** REST routes beside signing in and health. */
  readonly routes?: readonly Route[];
  readonly plugins?: readonly Plugin[];
}

export interface HttpServer {
  /** Starts to listen. Resolves to the URLs. Throws `ListenError`. */
  listen(): Promise<readonly string[]>;
  /** Reports `stopping` as readiness from now on, so that load balancers send no traffic here. Requests are still answered. */
  drain(): void;
  /** Closes sockets with 1012, lets running requests finish for `graceMs`, ends the rest. Idempotent. */
  stop(graceMs: number): Promise<void>;
  /** The number of open sockets. */
  socketCount(): number;
  /** All REST routes. */
  readonly routes: readonly Route[];
  /** Runs an operation that an administrator configured, with the rights of a viewer. */
  readonly runOperation: ReturnType<typeof createTrustedOperations>;
}

/** Builds the HTTP server: GraphQL over HTTP, SSE and sockets, REST, GraphiQL, health and the web app. */
export const createHttpServer = async (deps: HttpServerDeps): Promise<HttpServer> => {
  const { accounts, budgets, callerLimits, development, engine, ids, log, recordLimitHit, publicUrl } = deps;
  const { requestLimit, socketTimes = {}, stores, trustedProxies } = deps;
  const { documentLimits = defaultDocumentLimits, graphqlBodyLimit = defaultGraphqlBodyLimit } = deps;
  const { uploadLimit = graphqlBodyLimit } = deps;
  let stopping = false;
  const basePath = basePathOf(publicUrl);
  const sessionCookie = createSessionCookie({
    installation: deps.installation,
    basePath,
    secure: publicUrl?.startsWith('https:') ?? false,
  });
  const origins = createOrigins({
    publicUrl: publicUrl && new URL(publicUrl).origin,
    corsOrigins: deps.corsOrigins,
    ports: deps.addresses.map(({ port }) => port),
  });
  const addressOf = createAddressOf(trustedProxies);
  const isProxy = createIsProxy(trustedProxies);
  const knownAddresses = createKnownAddresses();
  const authenticate = noteAddresses(createAuthenticate(accounts, origins, sessionCookie), knownAddresses);
  /** Shared by HTTP and sockets: operations are scheduled round robin over callers. */
  const scheduler = createFairScheduler();

  const documents = await readPersistedDocuments({
    files: deps.persisted?.files ?? [],
    only: deps.persisted?.only ?? false,
    development,
    maxCharacters: documentLimits.characters,
  });
  const yoga = createGraphQL({
    schema: deps.schema,
    context: deps.context,
    documents,
    documentLimits,
    introspection: deps.introspection ?? 'on',
    bodyLimit: graphqlBodyLimit,
    uploadLimit,
    batchLimit: deps.batchLimit ?? 0,
    requestLimit,
    budgets,
    log,
    plugins: deps.plugins,
  });

  const singleConnection = createSingleConnection({
    yoga,
    documents,
    accounts,
    budgets,
    bodyLimit: graphqlBodyLimit,
    ...deps.eventConnections,
  });

  const protocol = createSocketProtocol({
    yoga,
    documents,
    requestLimit,
    access: createSocketAccess({ accounts, authenticate, origins, addressOf }),
    addressOf,
    scheduler,
    ids,
    initTimeoutMs: socketTimes.initTimeoutMs,
  });
  const sockets = createSockets({
    protocol,
    slots: createSocketSlots({
      budgets,
      limits: callerLimits,
      requestLimit,
      authenticate,
      addressOf,
      recordLimitHit,
    }),
    budgets,
    addressOf,
    limits: callerLimits,
    recordLimitHit,
    ids,
    log,
    keepAliveMs: socketTimes.keepAliveMs,
    stallMs: socketTimes.stallMs,
  });

  const health = createHealth({
    engine,
    stores,
    adapters: deps.adapters,
    startup: deps.startup,
    stopping: () => stopping,
    clock: deps.clock,
  });
  const documented = [...signInRoutes(accounts), ...(deps.routes ?? []), ...health.routes];
  const routes = [...documented, ...docsRoutes(version, basePath, documented)];
  const handle = createRequestHandler({
    origins,
    requestLimit,
    graphql: async (exchange) => {
      if (await singleConnection.handle(exchange)) return;
      await yoga(exchange.request, exchange.response, { exchange, authenticate: exchange.caller });
    },
    graphqlBodyLimit,
    uploadLimit,
    graphiql: (deps.graphiql ?? true) ? createGraphiQL(basePath) : null,
    routes,
    webApp: await createWebApp({ root: deps.webRoot, basePath, development }),
  });
  const disconnected = createDeferredTasks();
  const stalled = createStalledResponses(socketTimes.stallMs);

  const receive = (request: IncomingMessage, response: ServerResponse) => {
    request.url = withoutBasePath(request.url ?? '/', basePath);
    moveKeyFromPath(request);
    joinChunks(request);
    const exchange = openExchange(request, response, {
      accounts,
      authenticate,
      budgets,
      scheduler,
      sessionCookie,
      publicUrl,
      addressOf,
      ids,
      log,
    });
    response.setHeader('X-Request-Id', exchange.requestId);
    setSecurityHeaders(response);
    // The default: responses that may be cached override it.
    response.setHeader('Cache-Control', 'no-store');
    const traced = traceRequest(exchange);
    logRequest(exchange, { metrics: deps.metrics, disconnected }, traced.traceId);
    response.setMaxListeners(maxCloseListeners);
    stalled.watch(response);
    traced.run(() => handle(exchange)).catch((error: unknown) => sendFailure(exchange, error));
  };

  const listeners = createListeners({
    addresses: deps.addresses,
    request: receive,
    limits: createConnectionLimits({
      idleConnections: callerLimits.idleConnections,
      addressIdleConnections: callerLimits.addressIdleConnections,
      isProxy,
    }),
    rate: createConnectionRate({
      ...callerLimits,
      isProxy,
      isKnown: knownAddresses.has,
      onLimit: (_event, address) => recordLimitHit({ limit: 'CONNECTION_RATE', userId: null, address }),
    }),
    upgrade: (request, socket, head) => {
      request.url = withoutBasePath(request.url ?? '/', basePath);
      sockets.upgrade(request, socket, head);
    },
  });

  return {
    listen: () => listeners.listen(),
    drain: () => {
      stopping = true;
    },
    async stop(graceMs) {
      stopping = true;
      singleConnection.close();
      health.close();
      await Promise.all([sockets.close(), listeners.close(graceMs)]);
      stalled.close();
      disconnected.finish();
      await yoga.dispose();
    },
    socketCount: () => sockets.count(),
    routes,
    runOperation: createTrustedOperations({ yoga, requestLimit, ids, log }),
  };
};

/** Notes the address of each user who authenticates. */
const noteAddresses =
  (authenticate: Authenticate, known: KnownAddresses): Authenticate =>
  async (headers, address) => {
    const viewer = await authenticate(headers, address);
    if (viewer && address !== null) known.note(viewer.user.id, address);
    return viewer;
  };
