import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ByRole } from '../access/byRole.ts';
import type { User } from '../access/user.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { type RemovalDeps, removeConversation } from './removal.ts';
import type { ConversationAge, ConversationStore } from './store/store.ts';
import { conversationChanged } from './topics.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** The interval between two runs, in milliseconds. */
const intervalMs = 60 * 60 * 1000;
/** The batch size, and the pause between batches in milliseconds, so that other writes aren't delayed. */
const [batchSize, pauseMs] = [100, 20];

/** The expired conversations of a batch, before they are deleted. */
export interface ExpiredBatch {
  readonly user: Pick<User, 'id' | 'username' | 'role'>;
  readonly conversationIds: readonly string[];
  /** The conversations were last changed before this time. */
  readonly before: Date;
  readonly days: number;
}

export interface ConversationRetentionDeps extends RemovalDeps {
  readonly conversations: Pick<
    ConversationStore,
    'unchangedSince' | 'expiredAnyOwner' | 'find' | 'turnsOf' | 'deleteUnlessHeld'
  >;
  /** `CONVERSATION_DAYS`. */
  readonly days: ByRole<number>;
  /** Returns users by name, after this one; null: from the first. An empty list ends the list. */
  readonly usersAfter: (username: string | null) => Promise<readonly User[]>;
  /** Whether a legal hold covers the conversation. */
  readonly isHeld: (ownerId: string, conversationId: string) => Promise<boolean>;
  /** Whether an answer of the conversation is unfinished, also one that is continued. */
  readonly isAnswering: (ownerId: string, conversationId: string) => Promise<boolean>;
  /** Writes the audit log. Nothing is deleted before it resolves, or if it rejects. */
  readonly record: (batch: ExpiredBatch) => Promise<void>;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * Deletes conversations without a new message or answer for `CONVERSATION_DAYS`, user by user. Keeps those under a legal hold, and
 * those that an answer is being written to. Each batch is recorded in the audit log before it is deleted. Returns the
 * number of deleted conversations.
 */
export const deleteExpiredConversations = async (
  deps: ConversationRetentionDeps,
  signal: AbortSignal,
): Promise<number> => {
  let deleted = 0;
  let last: string | null = null;
  while (!signal.aborted) {
    const users = await deps.usersAfter(last);
    for (const user of users) {
      const days = deps.days[user.role];
      if (days === null || user.status === 'DELETING') continue;
      deleted += await deleteExpiredOf(deps, user, days, signal);
    }
    last = users.at(-1)?.username ?? null;
    if (last === null) break;
  }
  return deleted;
};

const deleteExpiredOf = async (
  deps: ConversationRetentionDeps,
  user: User,
  days: number,
  signal: AbortSignal,
): Promise<number> => {
  const before = new Date(deps.clock().getTime() - days * dayMs);
  let deleted = 0;
  let last: ConversationAge | null = null;
  while (!signal.aborted) {
    const batch: readonly ConversationAge[] = await deps.conversations.unchangedSince(
      user.id,
      before,
      last,
      batchSize,
    );
    last = batch.at(-1) ?? null;
    if (last === null) break;
    const conversationIds: string[] = [];
    for (const { id } of batch) if (await isExpired(deps, user.id, id, before)) conversationIds.push(id);
    if (conversationIds.length === 0) continue;
    await deps.record({ user, conversationIds, before, days });
    for (const id of conversationIds) {
      // Again, because a hold or a change may have come since.
      if (signal.aborted || !(await isExpired(deps, user.id, id, before))) continue;
      if (!(await removeConversation(deps, user.id, id))) continue;
      await notify(deps, conversationChanged, user.id, {
        kind: 'DELETED',
        conversationId: id,
        messageIds: [],
      });
      deleted += 1;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  return deleted;
};

const isExpired = async (
  { conversations, isHeld, isAnswering }: ConversationRetentionDeps,
  ownerId: string,
  id: string,
  before: Date,
): Promise<boolean> => {
  if (await isHeld(ownerId, id)) return false;
  // An open turn changes the conversation at its end.
  if ((await conversations.turnsOf(ownerId, id)).length > 0) return false;
  // A continued answer has no turn.
  if (await isAnswering(ownerId, id)) return false;
  const conversation = await conversations.find(ownerId, id);
  return conversation !== null && conversation.updatedAt < before;
};

/** Deletes expired conversations once an hour. Returns a function that stops, and resolves when no run is in progress. */
export const startConversationRetention = (
  deps: ConversationRetentionDeps & {
    /** Acquires the lease, so that one replica runs at a time. */
    readonly acquireLease: () => Promise<boolean>;
  },
): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;

  const run = async () => {
    while (!signal.aborted) {
      try {
        const conversations = (await deps.acquireLease())
          ? await deleteExpiredConversations(deps, signal)
          : 0;
        if (conversations > 0) deps.log.info({ conversations }, 'conversations: expired ones deleted');
      } catch (error) {
        if (!signal.aborted)
          deps.log.warn({ err: error }, 'conversations: expired ones not deleted, retrying');
      }
      await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  };

  const running = run();
  return () => {
    stopped.abort();
    return running;
  };
};
