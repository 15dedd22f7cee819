import {
  type ConversationFragment,
  ConversationsDocument,
  type MessageFragment,
  MessagesDocument,
} from '../__generated__/graphql.ts';
import { ZiggieError } from '../errors.ts';
import { defaultPage, type Page, type PageOptions, pageOf } from '../pages.ts';
import type { Request } from '../transport/requests.ts';

/** Times are ISO 8601, in UTC. */
export type Conversation = ConversationFragment;
/** `generation` is null on what a person wrote. */
export type Message = MessageFragment;

export interface ConversationsOptions extends PageOptions {
  /** Words to find in titles and messages. */
  readonly search?: string;
  /** Those put away instead of the others. */
  readonly archived?: boolean;
  readonly tag?: string;
}

export interface MessagesOptions extends PageOptions {
  /** The message that the path ends at. Default: the version that is shown now. */
  readonly leaf?: string;
}

/** The caller's own: pinned first, then the newest activity. */
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

/** From the first message on, oldest first. Throws `NOT_FOUND`. */
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
