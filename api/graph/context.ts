import DataLoader from 'dataloader';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Accounts } from '../accounts/service.ts';
import type { SingleSignOn } from '../accounts/singleSignOn/singleSignOn.ts';
import type { AuditLog } from '../audit/service.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { CallerLimits } from '../config/values/callerLimits.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Conversations } from '../conversations/service.ts';
import type { Engine } from '../engine/engine.ts';
import { unauthenticated } from '../errors/failures.ts';
import type { Activity } from '../generations/activity.ts';
import type { Generation } from '../generations/generation.ts';
import type { Generations } from '../generations/service.ts';
import type { LimitHitLog } from '../limits/hits/limitHits.ts';
import type { Message } from '../messages/message.ts';
import type { Pulls } from '../models/pulls.ts';
import type { Models } from '../models/service.ts';
import type { Turns } from '../process/keyedLimit.ts';
import type { Bus } from '../realtime/bus.ts';
import type { Stores } from '../stores/stores.ts';
import type { Quota } from '../usage/quota.ts';
import type { Quotas } from '../usage/quotas.ts';
import type { Usage } from '../usage/service.ts';
import type { StorageQuotas, StoredBytes } from '../usage/storage/storageQuotas.ts';
import { type AnswerMeter, createAnswerMeter } from './answerMeter.ts';

/** What the operations of every transport are made of. */
export interface Services {
  readonly accounts: Accounts;
  /** Null where people sign in with passwords alone. */
  readonly singleSignOn: SingleSignOn | null;
  readonly conversations: Conversations;
  readonly generations: Generations;
  readonly activity: Activity;
  readonly models: Models;
  readonly pulls: Pulls;
  readonly usage: Usage;
  readonly quotas: Quotas;
  readonly storageQuotas: StorageQuotas;
  readonly limitHits: LimitHitLog;
  readonly budgets: Budgets;
  readonly callerLimits: CallerLimits;
  /** In which callers load lists. */
  readonly turns: Turns;
  readonly auditLog: AuditLog;
  readonly engine: Engine;
  readonly stores: Stores;
  readonly bus: Bus;
}

/** Rows by id, for one viewer, read together. Nothing is remembered: each event of a subscription reads afresh. */
export interface Loaders {
  readonly conversation: DataLoader<string, Conversation | null>;
  readonly message: DataLoader<string, Message | null>;
  readonly generation: DataLoader<string, Generation | null>;
  /** Of users whom the viewer may see. */
  readonly user: DataLoader<string, User | null>;
  /** What each user may use. */
  readonly quotas: DataLoader<User, readonly Quota[]>;
  /** What each user has stored. */
  readonly storage: DataLoader<User, StoredBytes>;
}

/** What a transport knows of a request. */
export interface Caller {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  /**
   * Returns what sets the browser's session cookie, or clears it for null. Throws `BAD_USER_INPUT` on a socket, which has
   * no cookies: call it before anything is done.
   */
  readonly openSessionCookie: () => (token: string | null) => void;
  /**
   * Lets the socket live on by a fresh token of its user. Throws `UNAUTHENTICATED`, `FORBIDDEN` for another user's, and
   * `BAD_USER_INPUT` over HTTP, where each request shows its own.
   */
  readonly renewConnection: (token: string) => Promise<Viewer>;
}

export interface Context extends Caller, Services {
  readonly loaders: Loaders;
  readonly meter: AnswerMeter;
}

const createLoaders = (
  { stores, accounts, quotas, storageQuotas }: Services,
  viewer: Viewer | null,
  meter: AnswerMeter,
): Loaders => {
  const ownerId = viewer?.user.id ?? '';
  const load = <Row>(findMany: (ids: readonly string[]) => Promise<readonly (Row | null)[]>) =>
    new DataLoader<string, Row | null>((ids) => meter.load(() => findMany(ids)), {
      cache: false,
      maxBatchSize: 100,
    });
  return {
    conversation: load((ids) => stores.conversations.findMany(ownerId, ids)),
    message: load((ids) => stores.messages.findMany(ownerId, ids)),
    generation: load((ids) => stores.generations.findMany(ownerId, ids)),
    user: load(async (ids) => (viewer ? accounts.users.findMany(viewer, ids) : ids.map(() => null))),
    storage: new DataLoader((users) => storageQuotas.ofMany(users), { cache: false, maxBatchSize: 100 }),
    quotas: new DataLoader((users) => quotas.ofMany(users), { cache: false, maxBatchSize: 100 }),
  };
};

/** One context for HTTP, SSE and sockets. */
export const createContext = (caller: Caller, services: Services): Context => {
  const { callerLimits, turns } = services;
  const meter = createAnswerMeter({
    limit: callerLimits.answerBytes,
    turns,
    caller: caller.viewer?.user.id ?? caller.address ?? '',
  });
  return { ...caller, ...services, meter, loaders: createLoaders(services, caller.viewer, meter) };
};

/** The viewer, for resolvers whose scope has let only signed-in ones through. */
export const viewerOf = ({ viewer }: Context): Viewer => {
  if (!viewer) throw unauthenticated();
  return viewer;
};
