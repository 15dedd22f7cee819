import type { Logger } from 'pino';
import type { User } from '../../access/user.ts';
import type { Accounts } from '../../accounts/service.ts';
import type { SingleSignOn } from '../../accounts/singleSignOn/singleSignOn.ts';
import type { AccountStore } from '../../accounts/store/store.ts';
import type { Conversations } from '../../conversations/service.ts';
import type { Export, ExportSection } from '../../export/service.ts';
import type { Activity } from '../../generations/activity.ts';
import type { Journal } from '../../generations/journal/journal.ts';
import type { Generations } from '../../generations/service.ts';
import type { GenerationStore } from '../../generations/store/store.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Pulls } from '../../models/pulls.ts';
import type { Quotas } from '../../usage/quotas.ts';
import { contentDescriber } from '../content.ts';
import { type Audit, createAudit } from '../recorder.ts';
import { type AuditLog, createAuditLog } from '../service.ts';
import type { AuditStore } from '../store/store.ts';
import { auditedAccounts } from './auditedAccounts.ts';
import { auditedActivity } from './auditedActivity.ts';
import { auditedConversations } from './auditedConversations.ts';
import { auditedExport } from './auditedExport.ts';
import { auditedGenerations } from './auditedGenerations.ts';
import { auditedPulls } from './auditedPulls.ts';
import { auditedQuotas } from './auditedQuotas.ts';
import { auditedSingleSignOn } from './auditedSingleSignOn.ts';
import { recordingEnds } from './endedGenerations.ts';

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
export interface Auditing {
  readonly audit: Audit;
  readonly log: AuditLog;
  /** Its part of what users can fetch of their own. */
  readonly ownEvents: ExportSection;
  /** A copy of all that is one's own, fetched by who is written down. */
  aroundExport(everything: Export): Export;
  /** The store that workers end generations in. */
  readonly generations: GenerationStore;
  /** Users that providers bring, or change: nobody here did that. */
  identityChanged(change: 'made' | 'role', user: User): void;
  /** For who asks from outside; among themselves the parts use each other as they are, so that nothing is there twice. */
  around(services: AuditedServices): AuditedServices;
}

export interface AuditingDeps {
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

export const createAuditing = ({ stores, journal, keepsContent, clock, log }: AuditingDeps): Auditing => {
  const audit = createAudit({ store: stores.audit, clock, log });
  const describe = contentDescriber(keepsContent);
  const { generations, messages, accounts: names } = stores;
  const auditLog = createAuditLog(stores.audit, audit, clock);
  return {
    audit,
    log: auditLog,
    ownEvents: { name: 'auditEvents', rows: (viewer) => auditLog.ownOf(viewer) },
    aroundExport: (everything) => auditedExport(everything, audit),
    generations: recordingEnds({ generations, messages, journal, names, audit, describe }),
    identityChanged: (change, { id, username, role, identity }) =>
      audit.note({
        action: change === 'made' ? 'CREATE_USER' : 'SET_USER_ROLE',
        target: username,
        targetId: id,
        details: { role, issuer: identity?.issuer ?? null },
      }),
    around: (services) => ({
      accounts: auditedAccounts(services.accounts, audit, names),
      singleSignOn: services.singleSignOn && auditedSingleSignOn(services.singleSignOn, audit),
      conversations: auditedConversations(services.conversations, audit),
      generations: auditedGenerations(services.generations, audit, describe),
      activity: auditedActivity(services.activity, audit, { generations, users: names }),
      pulls: auditedPulls(services.pulls, audit),
      quotas: auditedQuotas(services.quotas, audit, names),
    }),
  };
};
