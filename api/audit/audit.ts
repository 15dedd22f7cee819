import type { Logger } from 'pino';
import type { User } from '../access/user.ts';
import type { Accounts } from '../accounts/service.ts';
import type { SingleSignOn } from '../accounts/singleSignOn/singleSignOn.ts';
import type { AccountStore } from '../accounts/store/store.ts';
import type { Conversations } from '../conversations/service.ts';
import type { Export, ExportSection } from '../export/service.ts';
import type { Activity } from '../generations/activity.ts';
import type { Journal } from '../generations/journal/journal.ts';
import type { Generations } from '../generations/service.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Pulls } from '../models/pulls.ts';
import type { Quotas } from '../usage/quotas.ts';
import { createContentDescriber } from './content.ts';
import { decorateAccounts } from './decorators/accounts.ts';
import { decorateActivity } from './decorators/activity.ts';
import { decorateConversations } from './decorators/conversations.ts';
import { decorateExport } from './decorators/export.ts';
import { decorateGenerationStore } from './decorators/generationStore.ts';
import { decorateGenerations } from './decorators/generations.ts';
import { decoratePulls } from './decorators/pulls.ts';
import { decorateQuotas } from './decorators/quotas.ts';
import { decorateSingleSignOn } from './decorators/singleSignOn.ts';
import { type AuditRecorder, createAuditRecorder } from './recorder.ts';
import { type AuditLog, createAuditLog } from './service.ts';
import type { AuditStore } from './store/store.ts';

/** What is done through these is written down. */
export interface AuditedServices {
  readonly accounts: Accounts;
  readonly singleSignOn: SingleSignOn | null;
  readonly conversations: Conversations;
  readonly generations: Generations;
  readonly activity: Activity;
  readonly pulls: Pulls;
  readonly quotas: Quotas;
}

/** Writing down what happens, put around what it happens in: every way in goes through the same services. */
export interface Audit {
  readonly audit: AuditRecorder;
  readonly log: AuditLog;
  /** Its part of what users can fetch of their own. */
  readonly ownEvents: ExportSection;
  /** A copy of all that is one's own, fetched by who is written down. */
  aroundExport(everything: Export): Export;
  /** The store that workers end generations in. */
  readonly generations: GenerationStore;
  /** Users that providers bring, or change: nobody here did that. */
  onIdentityChange(change: 'made' | 'role', user: User): void;
  /** For who asks from outside; among themselves the parts use each other as they are, so that nothing is there twice. */
  around(services: AuditedServices): AuditedServices;
}

export interface AuditDeps {
  readonly stores: {
    readonly audit: AuditStore;
    readonly accounts: AccountStore;
    readonly generations: GenerationStore;
    readonly messages: MessageStore;
  };
  readonly journal: Journal;
  /** `AUDIT_CONTENT`: whether prompts and answers are kept. */
  readonly keepsContent: boolean;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createAudit = ({ stores, journal, keepsContent, clock, log }: AuditDeps): Audit => {
  const audit = createAuditRecorder({ store: stores.audit, clock, log });
  const describe = createContentDescriber(keepsContent);
  const { generations, messages, accounts: names } = stores;
  const auditLog = createAuditLog(stores.audit, audit, clock);
  return {
    audit,
    log: auditLog,
    ownEvents: { name: 'auditEvents', rows: (viewer) => auditLog.ownOf(viewer) },
    aroundExport: (everything) => decorateExport(everything, audit),
    generations: decorateGenerationStore({ generations, messages, journal, names, audit, describe }),
    onIdentityChange: (change, { id, username, role, identity }) =>
      audit.recordSoon({
        action: change === 'made' ? 'CREATE_USER' : 'SET_USER_ROLE',
        target: username,
        targetId: id,
        details: { role, issuer: identity?.issuer ?? null },
      }),
    around: (services) => ({
      accounts: decorateAccounts(services.accounts, audit, names),
      singleSignOn: services.singleSignOn && decorateSingleSignOn(services.singleSignOn, audit),
      conversations: decorateConversations(services.conversations, audit),
      generations: decorateGenerations(services.generations, audit, describe),
      activity: decorateActivity(services.activity, audit, { generations, users: names }),
      pulls: decoratePulls(services.pulls, audit),
      quotas: decorateQuotas(services.quotas, audit, names),
    }),
  };
};
