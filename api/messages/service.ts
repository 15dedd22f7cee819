import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput, notFound } from '../errors/failures.ts';
import type { Message, Rating } from './message.ts';
import type { MessageStore } from './store.ts';

export interface Messages {
  /** Rates an answer; null removes the rating. Throws `NOT_FOUND`, and `BAD_USER_INPUT` for a message of the user. */
  rate(viewer: Viewer, id: string, rating: Rating | null): Promise<Message>;
}

export const createMessages = (messages: Pick<MessageStore, 'find' | 'rate'>): Messages => ({
  async rate(viewer, id, rating) {
    demand(viewer, 'writeConversations');
    const message = await messages.find(viewer.user.id, id);
    if (!message) throw notFound('message');
    if (message.role !== 'ASSISTANT') throw badInput('messageId', 'Only answers can be rated.');
    if (!(await messages.rate(viewer.user.id, id, rating))) throw notFound('message');
    const { rating: _, ...rest } = message;
    return rating === null ? rest : { ...rest, rating };
  },
});
