import {
  type ConversationFragment,
  ConversationsDocument,
  type MessageFragment,
  MessagesDocument,
} from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import { defaultPage, type Page, type PageOptions, pageOf } from '../pages.ts';
import type { Request } from '../transport/requests.ts';

/** A conversation. Times are ISO 8601, in UTC. */
export type Conversation = ConversationFragment;
/** A message. `generation` is null for a user's message. */
export type Message = MessageFragment;

export interface ConversationsOptions extends PageOptions {
  /** Words to find in titles and messages. */
  readonly search?: string;
  /** Lists archived conversations instead of current ones. */
  readonly archived?: boolean;
  readonly tag?: string;
}

export interface MessagesOptions extends PageOptions {
  /** The last message of the path. Default: the end of the current branch. */
  readonly leaf?: string;
}

/** Lists the caller's conversations: pinned first, then by the newest activity. */
export const fetchConversations = async (
  request: Request,
  { signal, first = defaultPage, ...options }: ConversationsOptions,
): Promise<Page<Conversation>> => {
  const { conversations } = await request(
    ConversationsDocument,
    { first, ...options },
    { ...(signal && { signal }) },
  );
  return pageOf(conversations);
};

/** Lists the messages of a branch, oldest first. Throws `NOT_FOUND`. */
export const fetchMessages = async (
  request: Request,
  id: string,
  { signal, first = defaultPage, ...options }: MessagesOptions,
): Promise<Page<Message>> => {
  const { node } = await request(MessagesDocument, { id, first, ...options }, { ...(signal && { signal }) });
  if (node?.__typename !== 'Conversation') {
    throw new ZiggieError('NOT_FOUND', 'There is no such conversation.');
  }
  return pageOf(node.messages);
};
