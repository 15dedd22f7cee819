import type { Logger } from 'pino';
import type { ConversationStore } from '../conversations/store.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Journal } from './journal.ts';
import type { Queue } from './queue.ts';
import type { GenerationStore } from './store.ts';

export interface RecoverDeps {
  readonly generations: GenerationStore;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly clock: () => Date;
  readonly log: Logger;
}

/**
 * What a start does about what an earlier process left: what ran is `INTERRUPTED`, with the text that was saved; what
 * waited is put in the queue again, and its conversation shows it. For a service that is one process: nobody else can
 * be running any of it.
 */
export const recoverGenerations = async (deps: RecoverDeps): Promise<void> => {
  for (const generation of await deps.generations.unfinishedAnyOwner()) {
    const { id, ownerId, conversationId, messageId, attempt } = generation;
    if (generation.status === 'RUNNING') {
      const patch = { status: 'INTERRUPTED', finishedAt: deps.clock() } as const;
      await deps.generations.transition(id, ['RUNNING'], patch);
      deps.log.warn({ generation: id }, 'generation interrupted by the last stop; its text is kept');
    } else {
      await deps.conversations.update(ownerId, conversationId, { leafId: messageId });
      const text = (await deps.messages.find(ownerId, messageId))?.content ?? '';
      await deps.journal.begin(id, { attempt, status: 'QUEUED', text, thinking: generation.thinking ?? '' });
      await deps.queue.add({ id, ownerId });
    }
  }
};
