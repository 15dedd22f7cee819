import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import type { ExpiredConversation } from './conversation.ts';
import { type RemovalDeps, removeConversation } from './removal.ts';
import type { ConversationStore } from './store/store.ts';
import { conversationChanged } from './topics.ts';

/** The interval of sweeps, in ms. */
const intervalMs = 30_000;
const batchSize = 100;

export interface TemporarySweepDeps extends RemovalDeps {
  readonly conversations: Pick<ConversationStore, 'expiredAnyOwner' | 'find' | 'deleteUnlessHeld'>;
  /** Whether a legal hold covers the conversation. */
  readonly isHeld: (ownerId: string, conversationId: string) => Promise<boolean>;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * Deletes temporary conversations whose time is over, except those under a legal hold. Each replica may do so at any time.
 * Returns the number of deleted conversations.
 */
export const deleteExpiredTemporary = async (
  deps: TemporarySweepDeps,
  signal: AbortSignal,
): Promise<number> => {
  const { conversations } = deps;
  let deleted = 0;
  let last: ExpiredConversation | null = null;
  while (!signal.aborted) {
    const batch: readonly ExpiredConversation[] = await conversations.expiredAnyOwner(
      deps.clock(),
      last,
      batchSize,
    );
    last = batch.at(-1) ?? null;
    if (last === null) break;
    for (const { id, ownerId } of batch) {
      if (signal.aborted) return deleted;
      // It may have been used or kept since.
      const current = await conversations.find(ownerId, id);
      if (!current?.expiresAt || current.expiresAt > deps.clock()) continue;
      if ((await deps.isHeld(ownerId, id)) || !(await removeConversation(deps, ownerId, id))) continue;
      await notify(deps, conversationChanged, ownerId, {
        kind: 'DELETED',
        conversationId: id,
        messageIds: [],
      });
      deleted += 1;
    }
  }
  return deleted;
};

/** Sweeps every half a minute. Returns a function that stops, and resolves when no sweep is in progress. */
export const startTemporarySweep = (deps: TemporarySweepDeps): (() => Promise<void>) => {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    while (!signal.aborted) {
      try {
        const conversations = await deleteExpiredTemporary(deps, signal);
        if (conversations > 0) deps.log.info({ conversations }, 'conversations: temporary ones deleted');
      } catch (error) {
        if (!signal.aborted)
          deps.log.warn({ err: error }, 'conversations: temporary ones not deleted, retrying');
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
