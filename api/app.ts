import type { Logger } from 'pino';
import type { Secrets } from './accounts/secrets.ts';
import { type Accounts, createAccounts } from './accounts/service.ts';
import { createSingleSignOn } from './accounts/singleSignOn.ts';
import { trustedTokensOf } from './accounts/trustedTokens.ts';
import { createAnnouncement } from './announcement.ts';
import { createAuditing } from './audit/auditing.ts';
import { keepDropping } from './audit/dropping.ts';
import type { Config } from './config.ts';
import { createContext, type Services } from './context.ts';
import { eraseOwner } from './conversations/erasure.ts';
import { createConversations } from './conversations/service.ts';
import type { Coordination } from './coordination.ts';
import { allowing } from './engine/allowed.ts';
import type { Engine } from './engine/engine.ts';
import { createExport } from './export/service.ts';
import { subgraph } from './federation/schema.ts';
import { createActivity } from './generations/activity.ts';
import { createCachedAnswers } from './generations/cachedAnswers.ts';
import type { Lifecycle } from './generations/lifecycle.ts';
import { keepTakingUp, recoverGenerations } from './generations/recover.ts';
import { createRuns } from './generations/runs.ts';
import { createGenerations } from './generations/service.ts';
import { cancelRequested, queueChanged } from './generations/topics.ts';
import { startWorker, type Worker } from './generations/worker.ts';
import { auditRoute } from './http/auditRoute.ts';
import { docsRoutes } from './http/docs.ts';
import { exportRoute } from './http/exportRoute.ts';
import type { Address } from './http/listeners.ts';
import { createMetrics } from './http/metrics.ts';
import { metricsRoute } from './http/metricsRoute.ts';
import { openaiRoutes } from './http/openai.ts';
import { useAudit } from './http/plugins/useAudit.ts';
import { createRequestLimit } from './http/requestLimit.ts';
import { restRoutes } from './http/rest.ts';
import { createHttpServer } from './http/server.ts';
import { singleSignOnRoutes } from './http/singleSignOnRoutes.ts';
import { createIds } from './ids.ts';
import { createGenerationLimit } from './limits/generationLimit.ts';
import { createLimitHitLog } from './limits/limitHits.ts';
import { notedThrottle } from './limits/notedThrottle.ts';
import { createPulls } from './models/pulls.ts';
import { createModels } from './models/service.ts';
import { pullCancelRequested, pullProgressed } from './models/topics.ts';
import type { Stores } from './stores.ts';
import { createQuotas } from './usage/quotas.ts';
import { createUsage } from './usage/service.ts';
import { version } from './version.ts';

/** How often it is looked for what replicas left unfinished, by one for all, in milliseconds. */
const takeUpEveryMs = 30_000;
const takeUpLeaseMs = 25_000;
/** Old entries of the audit log are dropped once an hour by one for all; this is a little less, in milliseconds. */
const dropLeaseMs = 55 * 60_000;

export interface AppDeps {
  readonly config: Config;
  readonly stores: Stores;
  readonly coordination: Coordination;
  readonly engine: Engine;
  /** Resolves when the engine can take generations; until then they wait in the queue. */
  readonly engineReady: Promise<unknown>;
  readonly secrets: Secrets;
  readonly log: Logger;
  /** The folder of the built web app. */
  readonly webRoot: string;
  readonly clock?: () => Date;
}

export interface App {
  readonly accounts: Accounts;
  /**
   * Takes up what an earlier process left, and answers; where the store is away, both as soon as it can. Resolves to the
   * URLs. Throws `ListenError`.
   */
  listen(): Promise<readonly string[]>;
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
  const { config, coordination, secrets, log, clock = () => new Date() } = deps;
  const engine = allowing(deps.engine, config.modelsAllowed);
  const { bus, journal, queue, cache, spending } = coordination;
  const keepsContent = config.auditContent;
  const auditing = createAuditing({ stores: deps.stores, journal, keepsContent, clock, log });
  const { audit } = auditing;
  const stores: Stores = { ...deps.stores, generations: auditing.generations };
  const ids = createIds();
  const { defaultModel, modelFallback: fallback } = config;
  const { flushMs } = config;
  const observer = createMetrics({
    queue,
    engine,
    presence: coordination.presence,
    openCounts: () => openCounts(),
  });
  const limitHits = createLimitHitLog({ store: coordination.hits, log });
  const noteHit = limitHits.note;
  const quotas = createQuotas({
    usage: stores.usage,
    day: config.quotaDay,
    month: config.quotaMonth,
    roleOf: async (userId) => (await stores.accounts.findUser(userId))?.role ?? null,
    noteHit,
    clock,
  });
  const parts = {
    ...stores,
    engine,
    bus,
    journal,
    queue,
    cache,
    observer,
    quotas,
    spending,
    noteHit,
    ids,
    clock,
    log,
    flushMs,
  };

  const cancel: Lifecycle['cancel'] = (owner, id) => generations.cancel(owner, id);
  const accounts = createAccounts({
    store: stores.accounts,
    apiKeyStore: stores.apiKeys,
    bus,
    throttle: notedThrottle(coordination.throttle, noteHit),
    secrets,
    trustedTokens: config.trustedIssuer && trustedTokensOf(config.trustedIssuer, clock, log),
    identityChanged: auditing.identityChanged,
    eraseOwned: (userId) => eraseOwner({ ...stores, cancel }, userId),
    clock,
    ids,
    log,
  });
  const { signingKey } = secrets;
  const singleSignOn =
    config.oidc &&
    createSingleSignOn(config.oidc, {
      signIns: accounts,
      identities: accounts.identities,
      signingKey,
      clock,
      log,
    });
  const models = createModels({ engine, defaultModel, fallback });
  const pulls = createPulls({ ...parts, models, allowed: config.modelsAllowed });
  const runs = createRuns(parts);
  const cachedAnswers = createCachedAnswers({
    ...parts,
    runs,
    isOn: config.cacheTtlS > 0,
    isShared: config.cacheShared,
  });
  const { limits } = coordination;
  const generationLimit = createGenerationLimit({
    limits,
    places: coordination.places,
    generations: stores.generations,
    quotas,
    rates: config.rateLimit,
    mostAtOnce: config.runningLimit,
    noteHit,
  });
  const generations = createGenerations({ ...parts, models, cachedAnswers, generationLimit });
  const activity = createActivity({ generations: stores.generations, cancel });
  const conversations = createConversations({ ...parts, cancel });
  const plain = { accounts, singleSignOn, conversations, generations, activity, pulls, quotas };
  const services: Services = {
    ...auditing.around(plain),
    models,
    usage: createUsage({ usage: stores.usage, clock }),
    limitHits,
    auditLog: auditing.log,
    engine,
    stores,
    bus,
  };
  const everything = createExport({ ...stores, accounts, clock, sections: [auditing.ownEvents] });
  const server = await createHttpServer({
    schema: subgraph,
    context: (caller) => createContext(caller, services),
    accounts: services.accounts,
    engine,
    stores,
    coordination,
    ids,
    log,
    addresses: addressesOf(config),
    publicUrl: config.publicUrl,
    corsOrigins: config.corsOrigins,
    requestLimit: createRequestLimit({
      limits,
      rates: config.requestLimit,
      addressRate: config.addressLimit,
      noteHit,
      log,
    }),
    trustedProxies: config.trustedProxies,
    webRoot: deps.webRoot,
    development: config.nodeEnv === 'development',
    documentLimits: config.documentLimits,
    persisted: { files: config.persistedDocuments, only: config.persistedOnly },
    introspection: config.introspection,
    graphiql: config.graphiql,
    routes: [
      ...restRoutes({ ...services, clock }),
      ...openaiRoutes(services),
      ...docsRoutes(version),
      metricsRoute(observer, config.metricsToken),
      auditRoute(auditing.log, clock),
      exportRoute(auditing.aroundExport(everything), clock),
      ...(config.oidc && services.singleSignOn
        ? singleSignOnRoutes(services.singleSignOn, config.oidc.publicUrl)
        : []),
    ],
    plugins: [useAudit(audit)],
  });

  const { presence } = coordination;
  const announcement = createAnnouncement({ presence, secrets, worker: config.worker, ids, log });
  let leave: (() => Promise<void>) | null = null;
  let stopTakingUp: (() => Promise<void>) | null = null;
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
    sessions: accounts.sessionListenerCount(),
  });

  const work = async () => {
    await stores.ready();
    await announcement.warnOfOtherSecrets();
    if (coordination.isShared && !stopped) {
      const isOurs = () => coordination.lease('take up', takeUpLeaseMs);
      stopTakingUp = keepTakingUp(parts, { everyMs: takeUpEveryMs, isOurs });
    }
    if (config.auditDays !== null && !stopped) {
      const isOurs = () => coordination.lease('drop audit entries', dropLeaseMs);
      stopDropping = keepDropping({ store: stores.audit, audit, days: config.auditDays, isOurs, clock, log });
    }
    const deleted = await accounts.users.finishDeletions();
    if (deleted > 0) log.info({ users: deleted }, 'users deleted whose deletion was cut off');
    await deps.engineReady;
    if (stopped || !config.worker) return;
    worker = startWorker({ ...parts, runs, queueTtlMs: config.queueTtlS * 1000 });
  };

  const stop = async () => {
    const drainMs = config.drainS * 1000;
    const startedAt = performance.now();
    server.drain();
    await leave?.();
    await stopTakingUp?.();
    await stopDropping?.();
    runs.drain(AbortSignal.timeout(drainMs));
    await Promise.all([worker?.stop(), cachedAnswers.close()]);
    await runs.close();
    await server.stop(Math.max(0, drainMs - (performance.now() - startedAt)));
    await pulls.close();
    await limitHits.close();
    await engine.close();
    await audit.close();
    await coordination.close();
    await stores.close();
  };

  return {
    accounts: services.accounts,
    async listen() {
      // What one process left is seen to before anybody sees it. What a replica left, others may be at already.
      if (!coordination.isShared) await recoverGenerations(parts);
      const urls = await server.listen();
      leave = announcement.join();
      work().catch((error: unknown) => {
        if (!stopped) log.error({ err: error }, 'the worker could not start');
      });
      return urls;
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
    openCounts,
  };
};
