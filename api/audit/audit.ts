import type { Logger } from 'pino';
import type { User } from '../access/user.ts';
import type { Accounts } from '../accounts/service.ts';
import type { SingleSignOn } from '../accounts/singleSignOn/singleSignOn.ts';
import type { AccountStore } from '../accounts/store/store.ts';
import type { Attachments } from '../attachments/service.ts';
import type { Batch } from '../batches/batch.ts';
import type { BatchFiles } from '../batches/files/service.ts';
import type { Batches } from '../batches/service.ts';
import type { DocumentCollections } from '../collections/service.ts';
import type { Conversations } from '../conversations/service.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import type { Docker } from '../docker/service.ts';
import type { EmbeddingsService } from '../embeddings/service.ts';
import type { Export, ExportSection } from '../export/service.ts';
import type { Activity } from '../generations/activity.ts';
import type { Journal } from '../generations/journal/journal.ts';
import type { EndedToolCall } from '../generations/run/tools/toolRun.ts';
import type { Generations } from '../generations/service.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { Healings } from '../healing/service.ts';
import type { Holds } from '../holds/service.ts';
import type { RecordLimitHit } from '../limits/hits/log.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Pulls } from '../models/pulls.ts';
import type { Presets } from '../presets/service.ts';
import type { Shares } from '../shares/service.ts';
import type { Quotas } from '../usage/quotas.ts';
import { createContentDescriber } from './content.ts';
import { decorateAccounts } from './decorators/accounts.ts';
import { decorateAttachments } from './decorators/attachments.ts';
import { batchEnded, decorateBatches, decorateBatchFiles } from './decorators/batches.ts';
import { decorateCollections } from './decorators/collections.ts';
import { decorateConversations } from './decorators/conversations.ts';
import { decorateDocker } from './decorators/docker.ts';
import { decorateEmbeddings } from './decorators/embeddings.ts';
import { decorateExport } from './decorators/export.ts';
import { decorateActivity } from './decorators/generations/activity.ts';
import { decorateGenerationStore } from './decorators/generations/generationStore.ts';
import { decorateGenerations } from './decorators/generations/generations.ts';
import { recordToolCalls } from './decorators/generations/toolCalls.ts';
import { decorateHealings } from './decorators/healings.ts';
import { decorateHolds } from './decorators/holds.ts';
import { decorateLimitHits } from './decorators/limitHits.ts';
import { decoratePresets } from './decorators/presets.ts';
import { decoratePulls } from './decorators/pulls.ts';
import { decorateQuotas } from './decorators/quotas.ts';
import { decorateShares } from './decorators/shares.ts';
import { decorateSingleSignOn } from './decorators/singleSignOn.ts';
import { type AuditRecorder, createAuditRecorder } from './recorder.ts';
import { type AuditLog, createAuditLog } from './service.ts';
import type { AuditStore } from './store/store.ts';

/** The services whose calls the audit log records. */
export interface AuditedServices {
  readonly accounts: Accounts;
  readonly singleSignOn: SingleSignOn | null;
  readonly attachments: Attachments;
  readonly conversations: Conversations;
  readonly collections: DocumentCollections;
  readonly generations: Generations;
  readonly shares: Shares;
  readonly embeddings: EmbeddingsService;
  readonly activity: Activity;
  readonly pulls: Pulls;
  readonly quotas: Quotas;
  readonly presets: Presets;
  readonly holds: Holds;
  readonly docker: Docker;
  readonly healings: Healings;
  readonly batches: Batches;
  readonly batchFiles: BatchFiles;
}

/** The audit log: its recorder, its reader, and decorators that record the calls of services on every request surface. */
export interface Audit {
  readonly recorder: AuditRecorder;
  readonly auditLog: AuditLog;
  /** The section of an account export with the user's own events. */
  readonly exportSection: ExportSection;
  /** Records each account export. */
  decorateExport(accountExport: Export): Export;
  /** The generation store for workers: records the end of each generation. */
  readonly generationStore: GenerationStore;
  /** Records that a provider's claims created a user or changed its role; the event has no actor. */
  onIdentityChange(change: 'created' | 'role', user: User): void;
  /** Records a call of a tool. */
  toolCalled(ended: EndedToolCall): void;
  /** Records that a batch ended by itself. */
  batchEnded(batch: Batch): void;
  /** Records who reaches which limit. */
  decorateLimitHits(record: RecordLimitHit): RecordLimitHit;
  /** Decorates services for external callers. Services call each other undecorated, so each event is recorded once. */
  decorate(services: AuditedServices): AuditedServices;
}

export interface AuditDeps {
  readonly stores: {
    readonly audit: AuditStore;
    readonly accounts: AccountStore;
    readonly generations: GenerationStore;
    readonly messages: MessageStore;
    readonly conversations: Pick<ConversationStore, 'find'>;
  };
  readonly journal: Journal;
  /** `AUDIT_CONTENT`: whether prompts and answers are recorded. */
  readonly keepsContent: boolean;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createAudit = ({ stores, journal, keepsContent, clock, log }: AuditDeps): Audit => {
  const recorder = createAuditRecorder({ store: stores.audit, clock, log });
  const describe = createContentDescriber(keepsContent);
  const { generations, messages, accounts: users } = stores;
  /** Whether the text of a conversation may not be recorded: it is temporary, or deleted already. */
  const isTemporary = async (ownerId: string, conversationId: string): Promise<boolean> => {
    if (!keepsContent) return false;
    const conversation = await stores.conversations.find(ownerId, conversationId);
    return conversation === null || conversation.expiresAt !== undefined;
  };
  const auditLog = createAuditLog(stores.audit, recorder, clock);
  return {
    recorder,
    auditLog,
    exportSection: { name: 'auditEvents', rows: (viewer) => auditLog.ownOf(viewer) },
    decorateExport: (accountExport) => decorateExport(accountExport, recorder),
    generationStore: decorateGenerationStore({
      generations,
      messages,
      journal,
      users,
      recorder,
      describe,
      isTemporary,
    }),
    onIdentityChange: (change, { id, username, role, identity }) =>
      recorder.recordSoon({
        action: change === 'created' ? 'CREATE_USER' : 'SET_USER_ROLE',
        target: username,
        targetId: id,
        details: { role, issuer: identity?.issuer ?? null },
      }),
    toolCalled: recordToolCalls(recorder, users),
    batchEnded: (batch) => recorder.recordSoon(batchEnded(batch)),
    decorateLimitHits: (record) => decorateLimitHits(record, recorder, { users }),
    decorate: (services) => ({
      accounts: decorateAccounts(services.accounts, recorder, users),
      singleSignOn: services.singleSignOn && decorateSingleSignOn(services.singleSignOn, recorder),
      attachments: decorateAttachments(services.attachments, recorder),
      collections: decorateCollections(services.collections, recorder),
      conversations: decorateConversations(services.conversations, recorder),
      generations: decorateGenerations(services.generations, recorder, describe, {
        isTemporary,
        findMessage: (ownerId, id) => messages.find(ownerId, id),
      }),
      shares: decorateShares(services.shares, recorder),
      embeddings: decorateEmbeddings(services.embeddings, recorder, describe),
      activity: decorateActivity(services.activity, recorder, { generations, users }),
      presets: decoratePresets(services.presets, recorder),
      holds: decorateHolds(services.holds, recorder, users),
      docker: decorateDocker(services.docker, recorder),
      healings: decorateHealings(services.healings, recorder),
      batches: decorateBatches(services.batches, recorder),
      batchFiles: decorateBatchFiles(services.batchFiles, recorder),
      pulls: decoratePulls(services.pulls, recorder),
      quotas: decorateQuotas(services.quotas, recorder, users),
    }),
  };
};
