import { z } from 'zod';
import { connectionOf, createCursorCodec } from '../paging/connections.ts';
import type { Page } from '../paging/pages.ts';
import type { Conversation, ConversationKey } from './conversation.ts';

const shape = z.tuple([z.boolean(), z.number(), z.string()]);

/** Cursors of the conversation list. */
export const conversationCursors = createCursorCodec<ConversationKey>(
  'conversation',
  ({ pinned, updatedAt, id }) => [pinned, updatedAt.getTime(), id],
  (json) => {
    const { data } = shape.safeParse(json);
    return data ? { pinned: data[0], updatedAt: new Date(data[1]), id: data[2] } : null;
  },
);

export const conversationEdge = (node: Conversation) => ({ node, cursor: conversationCursors.encode(node) });

export const conversationConnection = (page: Page<Conversation>) =>
  connectionOf(page, conversationCursors, (conversation) => conversation);
