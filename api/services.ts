import type { Logger } from 'pino';
import { may, roleMay } from './access/permissions.ts';
import type { Secrets } from './access/secrets.ts';
import { foldUsername } from './access/user.ts';
import type { Viewer } from './access/viewer.ts';
import { createAccounts } from './accounts/service.ts';
import { createSingleSignOn } from './accounts/singleSignOn/singleSignOn.ts';
import { createIssuerVerifier } from './accounts/singleSignOn/tokenVerifier.ts';
import { createAnswerDefaults } from './answerDefaults/service.ts';
import { createAttachmentCleanup } from './attachments/cleanup.ts';
import { createEmbeddingModel } from './attachments/passages/indexing/embeddingModel.ts';
import { createRetrieval } from './attachments/passages/retrieve.ts';
import { createPromptAttachments } from './attachments/prompt/promptAttachments.ts';
import { findOcrLanguages } from './attachments/reading/ocr/languages.ts';
import { createDocumentReader } from './attachments/reading/reader.ts';
import { createAttachments } from './attachments/service.ts';
import { createAudit } from './audit/audit.ts';
import { withSignedHeads } from './audit/signedHeads.ts';
import { batchesOf, batchFilesOf, batchItemsOf } from './batches/exportRows.ts';
import { createBatchFiles } from './batches/files/service.ts';
import type { BatchMetrics } from './batches/metrics.ts';
import { createPresetWork } from './batches/presetWork.ts';
import type { BatchRunnerDeps } from './batches/runner.ts';
import { createBatches } from './batches/service.ts';
import type { BatchUpkeepDeps } from './batches/upkeep.ts';
import type { RunInput } from './batches/work.ts';
import { type BudgetObserver, createBudgets } from './budgets/budgets.ts';
import { createDocumentCollections } from './collections/service.ts';
import type { Config } from './config/config.ts';
import type { RemovalDeps } from './conversations/removal.ts';
import type { ConversationRetentionDeps } from './conversations/retention.ts';
import { createConversations } from './conversations/service.ts';
import type { DockerEngine } from './docker/engine.ts';
import { createDocker } from './docker/service.ts';
import { createEmbeddings } from './embeddings/service.ts';
import type { Engine } from './engine/engine.ts';
import { cancelUserGenerations, deleteUserData } from './export/deleteUserData.ts';
import { createExport } from './export/service.ts';
import { createFolders } from './folders/service.ts';
import { createActivity } from './generations/activity.ts';
import { createCacheLookup } from './generations/cache/lookup.ts';
import { finishedHolders } from './generations/finishedHolders.ts';
import { isFinal } from './generations/generation.ts';
import type { Lifecycle } from './generations/lifecycle.ts';
import type { GenerationMetrics, ToolMetrics } from './generations/metrics.ts';
import { createRunningLimit } from './generations/request/runningLimit.ts';
import { createActiveRuns } from './generations/run/active.ts';
import { createEnqueueRetries } from './generations/run/enqueue.ts';
import type { RecoveryDeps } from './generations/run/recovery.ts';
import type { EndedToolCall } from './generations/run/tools/toolRun.ts';
import { createGenerations } from './generations/service.ts';
import { createSettingsReader } from './generations/settings.ts';
import type { Services } from './graph/context.ts';
import { createHealings } from './healing/service.ts';
import { createHealingWebhook } from './healing/webhook.ts';
import { createHoldChecks, createHolds } from './holds/service.ts';
import { createImports } from './imports/service.ts';
import { createLimitHitLog } from './limits/hits/log.ts';
import { createAnswerLimits } from './limits/running/answerLimits.ts';
import { withRecordedRejections } from './limits/throttle/recordedThrottle.ts';
import { createMessages } from './messages/service.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createPulls } from './models/pulls.ts';
import { createModels } from './models/service.ts';
import { pageSizeLimit } from './paging/pages.ts';
import { createDefinitionChecks } from './presets/definition/checks.ts';
import { createPresetRuns } from './presets/run/service.ts';
import { createPresets } from './presets/service.ts';
import { createFairScheduler } from './process/fairScheduler.ts';
import { createIds } from './process/ids.ts';
import { createKeyedLimit } from './process/keyedLimit.ts';
import type { SharedAdapters } from './replicas/shared.ts';
import { createShares } from './shares/service.ts';
import type { Stores } from './stores/stores.ts';
import { createTools } from './tools/service.ts';
import type { Tool } from './tools/tool.ts';
import { createQuotas } from './usage/quotas.ts';
import { createReservations } from './usage/reservations/reservations.ts';
import { createUsage } from './usage/service.ts';
import { createStorageQuotas } from './usage/storage/storageQuotas.ts';

/** Maximum lists that load concurrently for one caller, so that each one's cost is counted before the next begins. */
const maxConcurrentLists = 2;

export interface ServicesDeps {
  readonly config: Config;
  readonly stores: Stores;
  readonly adapters: SharedAdapters;
  /** The engine, restricted to the allowed models. */
  readonly engine: Engine;
  /** Null: `DOCKER_HOST` is off. */
  readonly dockerEngine: DockerEngine | null;
  /** The configured tools. */
  readonly tools: readonly Tool[];
  readonly metrics: GenerationMetrics &
    ToolMetrics &
    BatchMetrics &
    BudgetObserver &
    Pick<Metrics, 'limitReached'>;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** Creates the services, and the parts that the process starts and closes. */
export const createServices = (deps: ServicesDeps) => {
  const { config, adapters, engine, metrics, secrets, log, clock } = deps;
  const { bus, journal, queue, cache, reservationStore } = adapters;
  const keepsContent = config.auditContent;
  const { auditSigningKey: key } = config;
  const auditStore = key === null ? deps.stores.audit : withSignedHeads(deps.stores.audit, key, log);
  const audit = createAudit({
    stores: { ...deps.stores, audit: auditStore },
    journal,
    keepsContent,
    clock,
    log,
  });
  const stores: Stores = { ...deps.stores, generations: audit.generationStore };
  const ids = createIds();
  const { defaultModel, modelFallback: fallback } = config;
  const limitHits = createLimitHitLog({ store: adapters.limitHits, log });
  const recordLimitHit = audit.decorateLimitHits((hit) => {
    metrics.limitReached(hit.limit);
    limitHits.record(hit);
  });
  const budgets = createBudgets({
    store: adapters.budgets,
    limits: config.callerLimits,
    recordLimitHit,
    observer: metrics,
    sources: [
      { resource: 'RUNNING_ANSWERS', read: stores.generations.unfinishedPerOwner },
      { resource: 'RESERVED_TOKENS', read: reservationStore.largest },
      { resource: 'STORED_BYTES', read: stores.storage.largest },
    ],
  });
  const quotas = createQuotas({
    usage: stores.usage,
    day: config.quotaDay,
    month: config.quotaMonth,
    roleOf: async (userId) => (await stores.accounts.findUser(userId))?.role ?? null,
    clock,
  });
  const reservations = createReservations({
    quotas,
    reservationStore,
    findEnded: (ownerId, holders) => finishedHolders(stores.generations, ownerId, holders),
    recordLimitHit,
    clock,
    log,
  });
  const mayGenerate = async (userId: string) => {
    const user = await stores.accounts.findUser(userId);
    return user?.status === 'ACTIVE' && roleMay(user.role, 'generate');
  };
  const storageQuotas = createStorageQuotas({
    storage: stores.storage,
    limits: adapters.limits,
    limit: config.storageLimit,
    writeRate: config.writeLimit,
    recordLimitHit,
  });
  const enqueueRetries = createEnqueueRetries();
  const recovery: RecoveryDeps = {
    generations: stores.generations,
    messages: stores.messages,
    conversations: stores.conversations,
    journal,
    queue,
    bus,
    enqueueRetries,
    clock,
    log,
  };

  const holdChecks = createHoldChecks(stores.holds);
  const documentReader = createDocumentReader({ ocrLanguages: findOcrLanguages(config.ocrLanguages) });
  const embeddingModel = createEmbeddingModel(engine);
  const fileChanges = createKeyedLimit(1);
  const attachmentCleanup = createAttachmentCleanup({
    attachments: stores.attachments,
    files: stores.attachmentFiles,
    fileChanges,
    isHeld: (ownerId) => holdChecks.isHeld(ownerId, null),
    isUser: async (ownerId) => (await stores.accounts.findUser(ownerId)) !== null,
    clock,
    log,
  });

  const cancel: Lifecycle['cancel'] = (owner, id) => generations.cancel(owner, id);
  const accounts = createAccounts({
    store: stores.accounts,
    apiKeyStore: stores.apiKeys,
    bus,
    throttle: withRecordedRejections(adapters.throttle, recordLimitHit),
    secrets,
    tokenVerifier: config.trustedIssuer && createIssuerVerifier(config.trustedIssuer, clock, log),
    onIdentityChange: audit.onIdentityChange,
    deleteUserData: (userId) => deleteUserData({ ...stores, attachmentCleanup, cancel }, userId),
    checkUserDeletable: holdChecks.checkUserDeletable,
    cancelUserGenerations: (userId) => cancelUserGenerations({ ...stores, cancel }, userId),
    clock,
    ids,
    log,
  });
  const { signingKey } = secrets;
  const singleSignOn =
    config.oidc &&
    createSingleSignOn(config.oidc, {
      authentication: accounts,
      identities: accounts.identities,
      signingKey,
      clock,
      log,
    });
  const models = createModels({ engine, defaultModel, fallback, aliases: config.modelAliases });
  const pulls = createPulls({ engine, models, allowed: config.modelsAllowed, bus, ids, log });
  const promptAttachments = createPromptAttachments({
    attachments: stores.attachments,
    files: stores.attachmentFiles,
    messages: stores.messages,
    passages: stores.passages,
    retrieval: createRetrieval({ passages: stores.passages, engine, embeddingModel }),
    engine,
  });
  const tools = createTools(deps.tools);
  const toolCallEnded = (call: EndedToolCall) => {
    metrics.toolCalled(call);
    audit.toolCalled(call);
  };
  /** Returns the caller of work in the background, with the rights of now; null: it may no longer act. */
  const callerOf = async (ownerId: string, apiKeyId: string | null): Promise<Viewer | null> => {
    const user = await stores.accounts.findUser(ownerId);
    if (user?.status !== 'ACTIVE') return null;
    const key = apiKeyId === null ? null : await stores.apiKeys.find(ownerId, apiKeyId);
    const isUsable = key !== null && (key.expiresAt === null || key.expiresAt > clock());
    if (apiKeyId !== null && !isUsable) return null;
    return { user, sessionId: null, apiKey: key, expiresAt: key?.expiresAt ?? null };
  };
  const activeRuns = createActiveRuns({
    tools: {
      find: tools.find,
      callerOf,
      ended: toolCallEnded,
    },
    promptAttachments,
    generations: stores.generations,
    messages: stores.messages,
    conversations: stores.conversations,
    usage: stores.usage,
    engine,
    journal,
    queue,
    cache,
    bus,
    reservations,
    mayGenerate,
    metrics,
    engineTimeoutMs: config.engineTimeoutS * 1000,
    flushMs: config.flushMs,
    writesTitles: config.titles,
    clock,
    log,
  });
  const cacheLookup = createCacheLookup({
    promptAttachments,
    generations: stores.generations,
    messages: stores.messages,
    engine,
    journal,
    queue,
    cache,
    run: activeRuns.run,
    metrics,
    log,
    isOn: config.cacheTtlS > 0,
    isShared: config.cacheShared,
  });
  const answerLimits = createAnswerLimits({
    limits: adapters.limits,
    runningSlots: adapters.runningSlots,
    rates: config.rateLimit,
    maxAtOnce: config.runningLimit,
    findEnded: (ownerId, holders) => finishedHolders(stores.generations, ownerId, holders),
    recordLimitHit,
  });
  const runningLimit = createRunningLimit({
    answerLimits,
    reservations,
    reserveTokens: config.quotaReserve,
  });
  const collections = createDocumentCollections({
    store: stores.collections,
    attachments: stores.attachments,
    cleanup: attachmentCleanup,
    storageQuotas,
    checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
    ids,
    clock,
  });
  const folders = createFolders({
    store: stores.folders,
    collections,
    storageQuotas,
    checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
    bus,
    ids,
    clock,
    log,
  });
  const settings = createSettingsReader({
    folders: stores.folders,
    answerDefaults: stores.answerDefaults,
    ids,
  });
  const generations = createGenerations({
    tools,
    settings,
    folders,
    collections,
    promptAttachments,
    generations: stores.generations,
    messages: stores.messages,
    conversations: stores.conversations,
    engine,
    models,
    journal,
    queue,
    bus,
    cacheLookup,
    runningLimit,
    storageQuotas,
    checkDeletable: holdChecks.checkDeletable,
    toolCallEnded,
    enqueueRetries,
    ids,
    clock,
    log,
  });
  const activity = createActivity({ generations: stores.generations, cancel });
  const conversationRemoval: RemovalDeps = {
    conversations: stores.conversations,
    attachments: {
      fileKeysOfConversation: stores.attachments.fileKeysOfConversation,
      deleteUnusedFiles: attachmentCleanup.deleteUnusedFiles,
    },
    async cancelUnfinished(ownerId, id) {
      const unfinished = await stores.generations.unfinishedOfConversation(ownerId, id);
      for (const generation of unfinished) await cancel({ user: { id: ownerId } }, generation.id);
    },
  };
  const conversations = createConversations({
    ...conversationRemoval,
    folders,
    collections,
    conversations: stores.conversations,
    messages: stores.messages,
    bus,
    storageQuotas,
    checkDeletable: holdChecks.checkDeletable,
    ids,
    clock,
    log,
  });
  const holds = createHolds({
    store: stores.holds,
    findUser: (id) => stores.accounts.findUser(id),
    hasConversation: async (ownerId, id) => (await stores.conversations.find(ownerId, id)) !== null,
    ids,
    clock,
  });
  const conversationRetention: ConversationRetentionDeps = {
    ...conversationRemoval,
    conversations: stores.conversations,
    days: config.conversationDays,
    usersAfter: async (username) =>
      (
        await stores.accounts.pageOfUsers(
          {
            direction: 'forward',
            size: pageSizeLimit,
            after: username && foldUsername(username),
            before: null,
          },
          null,
        )
      ).items,
    isHeld: holdChecks.isHeld,
    isAnswering: async (ownerId, id) =>
      (await stores.generations.unfinishedOfConversation(ownerId, id)).length > 0,
    record: ({ user, conversationIds, before, days }) =>
      audit.recorder.recordStored({
        action: 'CONVERSATIONS_EXPIRED',
        target: user.username,
        targetId: user.id,
        details: {
          days,
          role: user.role,
          before: before.toISOString(),
          conversationIds: conversationIds.join(' '),
        },
        count: conversationIds.length,
      }),
    bus,
    clock,
    log,
  };
  const shares = createShares({
    store: stores.shares,
    conversations: stores.conversations,
    messages: stores.messages,
    generations: stores.generations,
    findUser: (id) => stores.accounts.findUser(id),
    clock,
    ids,
  });
  const imports = createImports({
    folders,
    conversations: stores.conversations,
    messages: stores.messages,
    storageQuotas,
    turns: createFairScheduler(),
    bus,
    ids,
    clock,
    log,
  });
  const embeddings = createEmbeddings({
    engine,
    models,
    answerLimits,
    reservations,
    usage: stores.usage,
    ids,
    clock,
  });
  const attachments = createAttachments({
    attachments: stores.attachments,
    files: stores.attachmentFiles,
    fileChanges,
    cleanup: attachmentCleanup,
    passages: stores.passages,
    reader: documentReader,
    storageQuotas,
    checkDeletable: holdChecks.checkDeletable,
    sizeLimit: config.attachmentLimit,
    formats: config.attachmentFormats,
    ids,
    clock,
    log,
  });
  const definitionChecks = createDefinitionChecks();
  const presets = createPresets({
    store: stores.presets,
    storageQuotas,
    checks: definitionChecks,
    checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
    ids,
    clock,
  });
  const docker = createDocker({
    engine: deps.dockerEngine,
    allowed: config.dockerContainers,
    store: stores.dockerRequests,
    ids,
    clock,
  });
  const healings = createHealings({
    store: stores.healings,
    // Created below: its generations are audited.
    presetRuns: { run: (...args) => presetRuns.run(...args) },
    signingKey,
    ids,
    clock,
  });
  const healingWebhook = createHealingWebhook({
    store: stores.healings,
    signingKey,
    limits: adapters.limits,
    findUser: (id) => stores.accounts.findUser(id),
    clock,
  });
  const isDeleted = async (userId: string): Promise<boolean> => {
    const user = await stores.accounts.findUser(userId);
    return user === null || user.status === 'DELETING';
  };
  const batches = createBatches({
    store: stores.batches,
    // Created below: its generations are audited.
    presetRuns: {
      estimate: (...args) => presetRuns.estimate(...args),
      chooseModel: (...args) => presetRuns.chooseModel(...args),
    },
    quotas,
    answerLimits,
    storageQuotas,
    cancelGeneration: cancel,
    checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
    isDeleted,
    bus,
    ids,
    clock,
    log,
  });
  const batchFiles = createBatchFiles({
    store: stores.batchFiles,
    storageQuotas,
    isDeleted,
    checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
    ids,
    clock,
  });
  const plain = {
    batches,
    batchFiles,
    healings,
    holds,
    docker,
    presets,
    accounts,
    singleSignOn,
    attachments,
    collections,
    conversations,
    generations,
    shares,
    embeddings,
    activity,
    pulls,
    quotas,
  };
  const audited = audit.decorate(plain);
  const presetRuns = createPresetRuns({
    generations: audited.generations,
    models,
    engine,
    checks: definitionChecks,
  });
  const services: Services = {
    ...audited,
    presetRuns,
    tools,
    apiKeys: audited.accounts.apiKeys,
    models,
    publicUrl: config.publicUrl,
    imports,
    folders,
    settings,
    measuring: createFairScheduler(),
    answerDefaults: createAnswerDefaults({
      store: stores.answerDefaults,
      models,
      storageQuotas,
      checkDeletable: (ownerId) => holdChecks.checkDeletable(ownerId, null),
      ids,
      clock,
    }),
    messages: createMessages({
      messages: stores.messages,
      conversations: stores.conversations,
      async isInProgress(ownerId, generationId) {
        const generation = await stores.generations.find(ownerId, generationId);
        return generation !== null && !isFinal(generation.status);
      },
      storageQuotas,
      bus,
      ids,
      clock,
      log,
    }),
    usage: createUsage({ usage: stores.usage, accounts: stores.accounts, clock }),
    storageQuotas,
    limitHits,
    budgets,
    callerLimits: config.callerLimits,
    listLimit: createKeyedLimit(maxConcurrentLists),
    promptAttachments,
    auditLog: audit.auditLog,
    engine,
    stores,
    bus,
  };
  const batchDeps = {
    store: stores.batches,
    metrics,
    cancelGeneration: cancel,
    onEnded: audit.batchEnded,
    bus,
    ids,
    clock,
    log,
  };
  const batchRunner: Omit<BatchRunnerDeps, 'work'> & { readonly presetWork: RunInput } = {
    ...batchDeps,
    presetWork: createPresetWork(presetRuns),
    async viewerOf({ ownerId, apiKeyId }) {
      const viewer = await callerOf(ownerId, apiKeyId);
      return may(viewer, 'generate') ? viewer : null;
    },
    async quotaResetsAt(ownerId) {
      const user = await stores.accounts.findUser(ownerId);
      const usedUp = user ? (await quotas.of(user)).filter(({ limit, used }) => used >= limit) : [];
      return usedUp.map(({ resetsAt }) => resetsAt).toSorted((one, other) => +other - +one)[0] ?? null;
    },
    slots: () => engine.slots,
  };
  const batchUpkeep: Omit<BatchUpkeepDeps, 'acquireLease'> = {
    ...batchDeps,
    files: stores.batchFiles,
    isHeld: (ownerId) => holdChecks.isHeld(ownerId, null),
  };
  const presetSection = {
    name: 'presets',
    async *rows({ user }: Viewer) {
      yield* await stores.presets.ofOwner(user.id);
    },
  };
  const collectionSection = {
    name: 'collections',
    async *rows({ user }: Viewer) {
      yield* await stores.collections.ofOwner(user.id);
    },
  };
  const defaultsSection = {
    name: 'answerDefaults',
    async *rows({ user }: Viewer) {
      yield* await stores.answerDefaults.ofOwner(user.id);
    },
  };
  const dockerSection = {
    name: 'dockerRequests',
    async *rows({ user }: Viewer) {
      yield* await stores.dockerRequests.ofOwner(user.id);
    },
  };
  const agentSection = {
    name: 'healingAgents',
    async *rows({ user }: Viewer) {
      yield* await stores.healings.agentsOfOwner(user.id);
    },
  };
  const healingSection = {
    name: 'healings',
    async *rows({ user }: Viewer) {
      yield* await stores.healings.ofOwner(user.id);
    },
  };
  const batchSection = {
    name: 'batches',
    rows: ({ user }: Viewer) => batchesOf(stores.batches, user.id),
  };
  const batchItemSection = {
    name: 'batchItems',
    rows: ({ user }: Viewer) => batchItemsOf(stores.batches, user.id),
  };
  const batchFileSection = {
    name: 'batchFiles',
    rows: ({ user }: Viewer) => batchFilesOf(stores.batchFiles, user.id),
  };
  const sections = [
    audit.exportSection,
    presetSection,
    collectionSection,
    defaultsSection,
    dockerSection,
    agentSection,
    healingSection,
    batchSection,
    batchItemSection,
    batchFileSection,
  ];
  const dataExport = createExport({ ...stores, accounts, clock, sections });
  return {
    services,
    /** The accounts service without the audit log: actions of the process itself have no user. */
    accounts,
    recovery,
    activeRuns,
    cacheLookup,
    enqueueRetries,
    ids,
    pulls,
    healingWebhook,
    batchFiles: audited.batchFiles,
    batchRunner,
    batchUpkeep,
    limitHits,
    recordLimitHit,
    budgets,
    attachmentCleanup,
    conversationRetention,
    documentReader,
    embeddingModel,
    auditRecorder: audit.recorder,
    exports: audit.decorateExport(dataExport),
  };
};
