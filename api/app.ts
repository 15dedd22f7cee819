import type { Logger } from 'pino';
import type { Secrets } from './access/secrets.ts';
import type { Accounts, FirstAdmin } from './accounts/service.ts';
import { startSweeping } from './attachments/cleanup.ts';
import { startIndexer } from './attachments/passages/indexing/indexer.ts';
import { startRetention } from './audit/retention.ts';
import { batchLimits } from './batches/batch.ts';
import { startBatchRunner } from './batches/runner.ts';
import { startBatchUpkeep, upkeepIntervalMs } from './batches/upkeep.ts';
import type { Config } from './config/config.ts';
import { startConversationRetention } from './conversations/retention.ts';
import { startTemporarySweep } from './conversations/temporary.ts';
import { createDockerEngine } from './docker/engine.dockerode.ts';
import { restrictModels } from './engine/allowedModels.ts';
import type { Engine } from './engine/engine.ts';
import { isTemporary } from './errors/failures.ts';
import { keepRequeueingOrphans, recoverGenerations } from './generations/run/recovery.ts';
import { startWorker, type Worker } from './generations/run/worker.ts';
import { startTitler } from './generations/titles/titler.ts';
import { cancelRequested, queueChanged, toolCallDecided } from './generations/topics.ts';
import { createContext } from './graph/context.ts';
import { installationOf } from './http/auth/cookies.ts';
import { createOperationTools } from './http/graphql/operationTools.ts';
import { findPersistedDocument } from './http/graphql/persistedDocuments.ts';
import { useAudit } from './http/graphql/plugins/useAudit.ts';
import { useOperationMetrics } from './http/graphql/plugins/useOperationMetrics.ts';
import { useOperationSpans } from './http/graphql/plugins/useOperationSpans.ts';
import { useRateLimits } from './http/graphql/rateLimits/useRateLimits.ts';
import { auditRoute } from './http/rest/account/auditRoute.ts';
import { exportRoute } from './http/rest/account/exportRoute.ts';
import { singleSignOnRoutes } from './http/rest/account/singleSignOnRoutes.ts';
import { anthropicRoutes } from './http/rest/anthropic/anthropicRoutes.ts';
import { attachmentRoutes, maxUploadBytes } from './http/rest/attachments/attachmentRoutes.ts';
import { batchRoutes } from './http/rest/batches/batchRoutes.ts';
import { dockerRoutes } from './http/rest/docker/dockerRoutes.ts';
import { agentRoutes } from './http/rest/healing/agentRoutes.ts';
import { healingRoutes } from './http/rest/healing/healingRoutes.ts';
import { llmRoutes } from './http/rest/llm/llmRoutes.ts';
import { mcpRoute } from './http/rest/mcp/mcpRoute.ts';
import { metricsRoute } from './http/rest/metrics/metricsRoute.ts';
import { ollamaRoutes } from './http/rest/ollama/ollamaRoutes.ts';
import { createChatWork } from './http/rest/openai/batches/chatWork.ts';
import { openaiRoutes } from './http/rest/openai/openaiRoutes.ts';
import { presetRoutes } from './http/rest/presets/presetRoutes.ts';
import type { Route } from './http/rest/routes.ts';
import type { Address } from './http/server/listeners.ts';
import { createRequestLimit } from './http/server/requestLimit.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { definitionsIn } from './metrics/definitions.ts';
import { createDependencyMetrics } from './metrics/dependencyMetrics.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createMetricsRegistry, type MetricsRegistry } from './metrics/registry.ts';
import { pullCancelRequested, pullProgressed } from './models/topics.ts';
import { createStartup } from './process/startup.ts';
import { createSteadyClock } from './process/steadyClock.ts';
import { tracing } from './process/tracing.ts';
import { createReplicaRegistration } from './replicas/registration.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { createLoaders, subgraph } from './schema.ts';
import { createServices } from './services.ts';
import type { Stores } from './stores/stores.ts';
import { createToolCalls } from './toolCalls/service.ts';
import { toolCallCancelled } from './toolCalls/topics.ts';
import { createMcpServer } from './tools/mcp/server.mcp.ts';
import { readToolsFile } from './tools/toolsFile.ts';
import { withQueueSpans } from './tracing/queueSpans.ts';

/**
 * The interval at which one replica requeues orphaned generations, and its lease, in ms. A single process needs it too: a
 * long outage of the store makes a run end without its final state.
 */
const requeueEveryMs = 30_000;
const requeueLeaseMs = 25_000;
/** The lease for dropping old audit entries, in ms: a little less than the interval of one hour. */
const dropLeaseMs = 55 * 60_000;
/** The same for expired conversations. */
const expireLeaseMs = 55 * 60_000;
/** The same for the sweep of attachments. */
const sweepLeaseMs = 55 * 60_000;
/** The maximum size of a body with a file of inputs, in bytes. */
const maxBatchBody = batchLimits.bytes + 1_000_000;
/** The same for the upkeep of batches. */
const batchLeaseMs = upkeepIntervalMs - 5_000;

export interface AppDeps {
  readonly config: Config;
  readonly stores: Stores;
  readonly adapters: SharedAdapters;
  readonly engine: Engine;
  /** Resolves when the engine has started. Until then, generations wait in the queue. */
  readonly engineReady: Promise<unknown>;
  readonly secrets: Secrets;
  readonly log: Logger;
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly clock?: () => Date;
  /** Holds the metrics of the process. Absent: a new one. */
  readonly metricsRegistry?: MetricsRegistry;
  /** The interval at which orphaned generations are requeued, in ms. Default 30,000. */
  readonly requeueEveryMs?: number;
}

export interface App {
  readonly accounts: Accounts;
  /**
   * Recovers the unfinished generations of an earlier process, and listens. If the store is unavailable, recovery is
   * retried in the background. Resolves to the URLs. Throws `ListenError`.
   */
  listen(): Promise<readonly string[]>;
  /**
   * Resolves once the store is prepared and the administrator exists; the first start creates that account. Waits while
   * the store is unavailable. Rejects if the app stops first, or can't start.
   */
  ready(): Promise<FirstAdmin>;
  /**
   * Stops accepting work, and lets running generations end within `DRAIN_S`. Hands the others over to other replicas; a
   * single process interrupts them and keeps their text. Closes sockets so that clients reconnect, then everything else in
   * reverse order. Idempotent.
   */
  stop(): Promise<void>;
  /** The number of open sockets, readers and session listeners; all zero once every client has disconnected. */
  openCounts(): { readonly sockets: number; readonly readers: number; readonly sessions: number };
  /** All REST routes. */
  readonly routes: readonly Route[];
}

const addressesOf = ({ host, port, webPort }: Config): readonly Address[] => [
  { host, port, variable: 'PORT' },
  ...(webPort === null || webPort === port ? [] : [{ host, port: webPort, variable: 'WEB_PORT' }]),
];

/** The composition root: the only place that connects services and technologies. */
export const createApp = async (deps: AppDeps): Promise<App> => {
  const {
    config,
    secrets,
    log,
    clock = createSteadyClock(),
    metricsRegistry = createMetricsRegistry(),
  } = deps;
  const dependencyMetrics = createDependencyMetrics(definitionsIn(metricsRegistry));
  const stores = dependencyMetrics.stores(deps.stores);
  const metered = dependencyMetrics.adapters(deps.adapters);
  const adapters = tracing.isOn ? { ...metered, queue: withQueueSpans(metered.queue) } : metered;
  const engine = restrictModels(deps.engine, config.modelsAllowed);
  const { bus, journal, queue, replicaRegistry } = adapters;
  const metrics = createMetrics({
    registry: metricsRegistry,
    generations: deps.stores.generations,
    batches: deps.stores.batches,
    queue,
    engine,
    replicaRegistry,
    openCounts: () => openCounts(),
    idleRuns: () => activeRuns.idleCount(),
    held: () => budgets.totals(),
    heldByAll: () => budgets.sharedTotals(),
    isUp: async (dependency) =>
      (dependency === 'store' ? stores : adapters).check().then(
        () => true,
        () => false,
      ),
  });
  const toolsFile = config.toolsFile === null ? null : await readToolsFile(config.toolsFile);
  let runOperation: HttpServer['runOperation'] | null = null;
  const operationTools = toolsFile
    ? await createOperationTools(toolsFile, {
        schema: subgraph,
        costLimit: config.documentLimits.cost,
        findDocument: (id) => findPersistedDocument(config.persistedDocuments, id),
        run: (...operation) => {
          if (!runOperation) throw new Error('an operation was called before the server was created');
          return runOperation(...operation);
        },
      })
    : [];
  const mcpServers = (toolsFile?.servers ?? []).map((server) => createMcpServer(server, log));
  const {
    services,
    accounts,
    recovery,
    activeRuns,
    cacheLookup,
    enqueueRetries,
    ids,
    pulls,
    healingWebhook,
    batchFiles,
    batchRunner,
    batchUpkeep,
    limitHits,
    recordLimitHit,
    budgets,
    attachmentCleanup,
    conversationRetention,
    documentReader,
    embeddingModel,
    auditRecorder,
    exports,
  } = createServices({
    config,
    stores,
    adapters,
    engine,
    tools: [...operationTools, ...mcpServers.flatMap(({ tools }) => tools)],
    dockerEngine: config.dockerHost && createDockerEngine(config.dockerHost),
    metrics,
    secrets,
    log,
    clock,
  });
  const toolCalls = createToolCalls({ bus, log });
  const stopping = new AbortController();
  const startup = createStartup(stopping.signal, clock);
  const requestRates = {
    limits: adapters.limits,
    rates: config.requestLimit,
    addressRate: config.addressLimit,
    recordLimitHit,
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
    clock,
    ids,
    log,
    budgets,
    metrics,
    callerLimits: config.callerLimits,
    recordLimitHit,
    addresses: addressesOf(config),
    publicUrl: config.publicUrl,
    installation: installationOf(secrets.signingKey),
    corsOrigins: config.corsOrigins,
    requestLimit: createRequestLimit(requestRates),
    trustedProxies: config.trustedProxies,
    webRoot: deps.webRoot,
    development: config.nodeEnv === 'development',
    documentLimits: config.documentLimits,
    persisted: { files: config.persistedDocuments, only: config.persistedOnly },
    introspection: config.introspection,
    graphiql: config.graphiql,
    batchLimit: config.batchLimit,
    uploadLimit: Math.max(maxUploadBytes(config.attachmentLimit), maxBatchBody),
    // The order in the OpenAPI document.
    routes: [
      exportRoute(exports, clock),
      ...attachmentRoutes(services.attachments, maxUploadBytes(config.attachmentLimit)),
      auditRoute(services.auditLog, clock),
      ...presetRoutes(services),
      ...batchRoutes(services),
      ...dockerRoutes(services.docker),
      ...healingRoutes(services.healings),
      ...agentRoutes({ healings: services.healings, webhook: healingWebhook }),
      ...llmRoutes({ models: services.models, generations: services.generations, clock }),
      ...ollamaRoutes({
        models: services.models,
        generations: services.generations,
        embeddings: services.embeddings,
        pulls: services.pulls,
        clock,
      }),
      ...openaiRoutes({
        models: services.models,
        generations: services.generations,
        embeddings: services.embeddings,
        attachments: services.attachments,
        batches: services.batches,
        batchFiles,
      }),
      mcpRoute({ ...services, messages: stores.messages, toolCalls, stopping: stopping.signal }),
      ...anthropicRoutes({ attachments: services.attachments, generations: services.generations }),
      metricsRoute({
        metrics,
        token: config.metricsToken,
        isProxied: config.trustedProxies.length > 0,
      }),
      ...(config.oidc && services.singleSignOn
        ? singleSignOnRoutes(services.singleSignOn, config.oidc.publicUrl)
        : []),
    ],
    plugins: [
      useOperationMetrics(metrics),
      useOperationSpans(),
      useAudit(auditRecorder),
      ...useRateLimits({ ...requestRates, generationRates: config.rateLimit }),
    ],
  });

  ({ runOperation } = server);

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
  let stopExpiring: (() => Promise<void>) | null = null;
  let stopSweeping: (() => Promise<void>) | null = null;
  let stopTemporary: (() => Promise<void>) | null = null;
  let worker: Worker | null = null;
  let stopTitles: (() => Promise<void>) | null = null;
  let stopIndexing: (() => Promise<void>) | null = null;
  let stopBatches: (() => Promise<void>) | null = null;
  let stopBatchUpkeep: (() => Promise<void>) | null = null;
  let stopped: Promise<void> | null = null;

  const openCounts = () => ({
    sockets: server.socketCount(),
    readers:
      journal.listenerCount() +
      bus.listenerCount() -
      bus.listenerCount(cancelRequested) -
      bus.listenerCount(pullCancelRequested) -
      bus.listenerCount(pullProgressed) -
      bus.listenerCount(queueChanged) -
      bus.listenerCount(toolCallCancelled) -
      bus.listenerCount(toolCallDecided),
    sessions: accounts.revocationListenerCount(),
  });

  const firstAdmin = Promise.withResolvers<FirstAdmin>();
  // If no caller awaits `ready`, a failed start must not become an unhandled rejection.
  firstAdmin.promise.catch(() => {});

  const finishDeletions = async () => {
    const deleted = await accounts.users.finishDeletions();
    if (deleted > 0) log.info({ users: deleted }, 'accounts: interrupted deletions completed');
  };

  let isRecovered = adapters.isShared;
  /** Resolves to false if the disk is full or the store is unavailable: the server then starts, and recovers later. */
  const recoverAtOnce = async (): Promise<boolean> => {
    try {
      await recoverGenerations(recovery);
      return true;
    } catch (error) {
      if (!isTemporary(error)) throw error;
      log.error({ err: error }, 'startup: unfinished generations not recovered, retrying');
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
      const acquireLease = () => adapters.lease('drop audit entries', dropLeaseMs);
      stopDropping = startRetention({
        store: stores.audit,
        recorder: auditRecorder,
        days: config.auditDays,
        acquireLease,
        clock,
        log,
      });
    }
    if (Object.values(config.conversationDays).some((days) => days !== null) && !stopped) {
      const acquireLease = () => adapters.lease('expire conversations', expireLeaseMs);
      stopExpiring = startConversationRetention({ ...conversationRetention, acquireLease });
    }
    if (!stopped) stopTemporary = startTemporarySweep(conversationRetention);
    if (!stopped) {
      const acquireLease = () => adapters.lease('sweep attachments', sweepLeaseMs);
      stopSweeping = startSweeping(attachmentCleanup, { acquireLease, log });
    }
    if (!stopped) {
      const acquireLease = () => adapters.lease('keep batches', batchLeaseMs);
      stopBatchUpkeep = startBatchUpkeep({ ...batchUpkeep, acquireLease });
    }
    await startup.step('Deleted users are being removed.', finishDeletions);
    await startup.step('The engine is starting.', async () => deps.engineReady);
    if (stopped) return;
    if (config.worker)
      worker = startWorker({
        ...recovery,
        // Without tools, runs never leave their slots.
        activeRuns: toolsFile ? activeRuns : { run: activeRuns.run },
        engine,
        queueTtlMs: config.queueTtlS * 1000,
      });
    if (config.worker) {
      stopIndexing = startIndexer({
        attachments: stores.attachments,
        passages: stores.passages,
        reader: documentReader,
        engine,
        embeddingModel,
        isIdle: async () =>
          activeRuns.peopleCount() === 0 && (await recovery.queue.waitingPeopleCount()) === 0,
        runningAnswers: () => activeRuns.peopleCount(),
        clock,
        log,
      });
    }
    if (config.worker) {
      // No other process can have claimed an input of a store that only this one uses.
      if (!adapters.isShared) await stores.batches.releaseAnyOwner();
      const { presetWork, ...runner } = batchRunner;
      stopBatches = startBatchRunner({
        ...runner,
        work: { PRESET: presetWork, OPENAI: createChatWork(services) },
      });
    }
    if (config.worker && config.titles) stopTitles = startTitler({ ...recovery, activeRuns, engine, bus });
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
    await stopExpiring?.();
    await stopTemporary?.();
    await stopSweeping?.();
    await stopTitles?.();
    await stopIndexing?.();
    await stopBatchUpkeep?.();
    await stopBatches?.();
    activeRuns.drain(AbortSignal.timeout(drainMs));
    await Promise.all([worker?.stop(), cacheLookup.close()]);
    await activeRuns.close();
    await server.stop(Math.max(0, drainMs - (performance.now() - startedAt)));
    await enqueueRetries.close();
    await toolCalls.close();
    await Promise.all(mcpServers.map((server) => server.close()));
    await services.healings.stop();
    await pulls.close();
    await budgets.close();
    await limitHits.close();
    await engine.close();
    await auditRecorder.close();
    await adapters.close();
    await stores.close();
  };

  return {
    accounts: services.accounts,
    async listen() {
      // A single process recovers before clients can connect. With replicas, others may already be recovering.
      if (!adapters.isShared) isRecovered = await recoverAtOnce();
      const urls = await server.listen();
      leave = registration.register();
      start().catch((error: unknown) => {
        firstAdmin.reject(error);
        if (!stopped) log.error({ err: error }, 'startup: failed, this server does no work');
      });
      return urls;
    },
    ready: () => firstAdmin.promise,
    stop() {
      stopped ??= stop();
      return stopped;
    },
    openCounts,
    routes: server.routes,
  };
};
