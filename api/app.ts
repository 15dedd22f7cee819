import type { Logger } from 'pino';
import type { Secrets } from './access/secrets.ts';
import type { Accounts, FirstAdmin } from './accounts/service.ts';
import { startRetention } from './audit/retention.ts';
import type { Config } from './config/config.ts';
import { restrictModels } from './engine/allowedModels.ts';
import type { Engine } from './engine/engine.ts';
import { keepRequeueingOrphans, recoverGenerations } from './generations/run/recovery.ts';
import { startWorker, type Worker } from './generations/run/worker.ts';
import { cancelRequested, queueChanged } from './generations/topics.ts';
import { createContext } from './graph/context.ts';
import { useAudit } from './http/graphql/plugins/useAudit.ts';
import { useRateLimits } from './http/graphql/plugins/useRateLimits.ts';
import { auditRoute } from './http/rest/account/auditRoute.ts';
import { exportRoute } from './http/rest/account/exportRoute.ts';
import { singleSignOnRoutes } from './http/rest/account/singleSignOnRoutes.ts';
import { llmRoutes } from './http/rest/llm/llmRoutes.ts';
import { createMetrics } from './http/rest/metrics/metrics.ts';
import { metricsRoute } from './http/rest/metrics/metricsRoute.ts';
import { openaiRoutes } from './http/rest/openai/openaiRoutes.ts';
import { docsRoutes } from './http/rest/openapi/docsRoutes.ts';
import type { Address } from './http/server/listeners.ts';
import { createRequestLimit } from './http/server/requestLimit.ts';
import { createHttpServer } from './http/server.ts';
import { createLoaders } from './loaders.ts';
import { pullCancelRequested, pullProgressed } from './models/topics.ts';
import { createStartup, isTemporary } from './process/startup.ts';
import { createSteadyClock } from './process/steadyClock.ts';
import { version } from './process/version.ts';
import { createReplicaRegistration } from './replicas/registration.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { subgraph } from './schema.ts';
import { createServices } from './services.ts';
import type { Stores } from './stores/stores.ts';

/**
 * How often unfinished generations are looked for that no worker has, by one replica for all, in milliseconds. One process
 * needs it too: a run ends without an end of its generation when the store fails for long.
 */
const requeueEveryMs = 30_000;
const requeueLeaseMs = 25_000;
/** Old entries of the audit log are dropped once an hour by one for all; this is a little less, in milliseconds. */
const dropLeaseMs = 55 * 60_000;

export interface AppDeps {
  readonly config: Config;
  readonly stores: Stores;
  readonly adapters: SharedAdapters;
  readonly engine: Engine;
  /** Resolves when the engine can take generations; until then they wait in the queue. */
  readonly engineReady: Promise<unknown>;
  readonly secrets: Secrets;
  readonly log: Logger;
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly clock?: () => Date;
  /** How often unfinished generations are looked for that no worker has, in milliseconds; 30,000 where it is not set. */
  readonly requeueEveryMs?: number;
}

export interface App {
  readonly accounts: Accounts;
  /**
   * Takes up what an earlier process left, and answers; where the store is away, both as soon as it can. Resolves to the
   * URLs. Throws `ListenError`.
   */
  listen(): Promise<readonly string[]>;
  /**
   * Resolves once the store is prepared and the administrator exists, who may have been created with
   * `config.adminPassword`. Waits while the store is unavailable. Rejects when the app stops before, or can't start.
   */
  ready(): Promise<FirstAdmin>;
  /**
   * Takes no more work, lets what runs end within `DRAIN_S`, hands the rest to other replicas, or interrupts it with its
   * text kept where there are none; tells sockets to come back, and closes everything in reverse order. Idempotent.
   */
  stop(): Promise<void>;
  /** What is open or listens now; all zero once every client has gone. */
  openCounts(): { readonly sockets: number; readonly readers: number; readonly sessions: number };
}

const addressesOf = ({ host, port, webPort }: Config): readonly Address[] => [
  { host, port, variable: 'PORT' },
  ...(webPort === null || webPort === port ? [] : [{ host, port: webPort, variable: 'WEB_PORT' }]),
];

/** The composition root: the only place where rooms and technologies meet. */
export const createApp = async (deps: AppDeps): Promise<App> => {
  const { config, stores, adapters, secrets, log, clock = createSteadyClock() } = deps;
  const engine = restrictModels(deps.engine, config.modelsAllowed);
  const { bus, journal, queue, replicaRegistry } = adapters;
  const observer = createMetrics({
    queue,
    engine,
    replicaRegistry,
    openCounts: () => openCounts(),
    held: () => rooms.budgets.totals(),
  });
  const rooms = createServices({ config, stores, adapters, engine, observer, secrets, log, clock });
  const { services, accounts, recovery, activeRuns, cacheLookup, ids, pulls, limitHits, auditRecorder } =
    rooms;
  const stopping = new AbortController();
  const startup = createStartup(stopping.signal);
  const requestRates = {
    limits: adapters.limits,
    rates: config.requestLimit,
    addressRate: config.addressLimit,
    noteHit: limitHits.note,
    log,
  };
  const server = await createHttpServer({
    schema: subgraph,
    context: (caller) => createContext(caller, services, createLoaders),
    accounts: services.accounts,
    engine,
    stores,
    adapters,
    startup,
    ids,
    log,
    budgets: rooms.budgets,
    callerLimits: config.callerLimits,
    noteHit: rooms.noteHit,
    addresses: addressesOf(config),
    publicUrl: config.publicUrl,
    corsOrigins: config.corsOrigins,
    requestLimit: createRequestLimit(requestRates),
    trustedProxies: config.trustedProxies,
    webRoot: deps.webRoot,
    development: config.nodeEnv === 'development',
    documentLimits: config.documentLimits,
    persisted: { files: config.persistedDocuments, only: config.persistedOnly },
    introspection: config.introspection,
    graphiql: config.graphiql,
    routes: [
      ...llmRoutes({ models: services.models, generations: services.generations, clock }),
      ...openaiRoutes({ models: services.models, generations: services.generations }),
      ...docsRoutes(version),
      metricsRoute({
        metrics: observer,
        token: config.metricsToken,
        isProxied: config.trustedProxies.length > 0,
      }),
      auditRoute(services.auditLog, clock),
      exportRoute(rooms.exports, clock),
      ...(config.oidc && services.singleSignOn
        ? singleSignOnRoutes(services.singleSignOn, config.oidc.publicUrl)
        : []),
    ],
    plugins: [
      useAudit(auditRecorder),
      ...useRateLimits({ ...requestRates, generationRates: config.rateLimit }),
    ],
  });

  const registration = createReplicaRegistration({
    registry: replicaRegistry,
    secrets,
    worker: config.worker,
    ids,
    log,
  });
  let leave: (() => Promise<void>) | null = null;
  let stopRecovery: (() => Promise<void>) | null = null;
  let stopDropping: (() => Promise<void>) | null = null;
  let worker: Worker | null = null;
  let stopped: Promise<void> | null = null;

  const openCounts = () => ({
    sockets: server.socketCount(),
    readers:
      journal.listenerCount() +
      bus.listenerCount() -
      bus.listenerCount(cancelRequested) -
      bus.listenerCount(pullCancelRequested) -
      bus.listenerCount(pullProgressed) -
      bus.listenerCount(queueChanged),
    sessions: accounts.revocationListenerCount(),
  });

  const firstAdmin = Promise.withResolvers<FirstAdmin>();
  // Callers that don't wait for it must not turn a failed start into an unhandled rejection.
  firstAdmin.promise.catch(() => {});

  const finishDeletions = async () => {
    const deleted = await accounts.users.finishDeletions();
    if (deleted > 0) log.info({ users: deleted }, 'users deleted whose deletion was cut off');
  };

  let isRecovered = adapters.isShared;
  /** False where the disk is full or the store unavailable: what is stored can be read meanwhile. */
  const recoverAtOnce = async (): Promise<boolean> => {
    try {
      await recoverGenerations(recovery);
      return true;
    } catch (error) {
      if (!isTemporary(error)) throw error;
      log.error({ err: error }, 'startup: unfinished generations not recovered; trying again');
      return false;
    }
  };

  const start = async () => {
    await startup.step('The store is being prepared.', () => stores.ready());
    if (!isRecovered) {
      await startup.step('Unfinished generations are being recovered.', () => recoverGenerations(recovery));
    }
    const createAdmin = () => services.accounts.ensureAdmin(config.adminPassword);
    firstAdmin.resolve(await startup.step('The administrator is being created.', createAdmin));
    await registration.warnOfDifferentSecrets();
    if (!stopped) {
      const { requeueEveryMs: intervalMs = requeueEveryMs } = deps;
      const acquireLease = () => adapters.lease('take up', Math.min(requeueLeaseMs, intervalMs));
      stopRecovery = keepRequeueingOrphans(recovery, { intervalMs, acquireLease });
    }
    if (config.auditDays !== null && !stopped) {
      const isOurs = () => adapters.lease('drop audit entries', dropLeaseMs);
      stopDropping = startRetention({
        store: stores.audit,
        audit: auditRecorder,
        days: config.auditDays,
        isOurs,
        clock,
        log,
      });
    }
    await startup.step('Deleted users are being removed.', finishDeletions);
    await startup.step('The engine is starting.', async () => deps.engineReady);
    if (stopped) return;
    if (config.worker)
      worker = startWorker({ ...recovery, activeRuns, engine, queueTtlMs: config.queueTtlS * 1000 });
    startup.complete();
  };

  const stop = async () => {
    const drainMs = config.drainS * 1000;
    const startedAt = performance.now();
    server.drain();
    stopping.abort(new Error('the server stops'));
    firstAdmin.reject(stopping.signal.reason);
    await leave?.();
    await stopRecovery?.();
    await stopDropping?.();
    activeRuns.drain(AbortSignal.timeout(drainMs));
    await Promise.all([worker?.stop(), cacheLookup.close()]);
    await activeRuns.close();
    await server.stop(Math.max(0, drainMs - (performance.now() - startedAt)));
    await pulls.close();
    await rooms.budgets.close();
    await limitHits.close();
    await engine.close();
    await auditRecorder.close();
    await adapters.close();
    await stores.close();
  };

  return {
    accounts: services.accounts,
    async listen() {
      // What one process left is seen to before anybody sees it. What a replica left, others may be at already.
      if (!adapters.isShared) isRecovered = await recoverAtOnce();
      const urls = await server.listen();
      leave = registration.register();
      start().catch((error: unknown) => {
        firstAdmin.reject(error);
        if (!stopped) log.error({ err: error }, 'startup: failed; this server takes no work');
      });
      return urls;
    },
    ready: () => firstAdmin.promise,
    stop() {
      stopped ??= stop();
      return stopped;
    },
    openCounts,
  };
};
