import type { Collection } from 'mongodb';
import { indexedTerms } from '../../search/terms.mongo.ts';
import type { Conversation, ConversationKey, ConversationPatch } from '../conversation.ts';
import type { Turn } from '../turn.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly conversations: Collection<ConversationDocument>;
  }
}

export interface ConversationDocument extends Omit<Conversation, 'id' | 'ownerId'> {
  readonly _id: string;
  /** Null while it is being deleted: so it is gone for everybody in one step. */
  readonly ownerId: string | null;
  /** Whose it was, while it is being deleted. */
  readonly formerOwnerId?: string;
  /** What orders the list below `pinned`, as one value, so that a page is one range of an index. */
  readonly activity: string;
  /** What its title is found by. */
  readonly terms: readonly string[];
  /** Absent where there never was one. */
  readonly turns?: readonly Turn[];
}

/** `2026-01-02T03:00:00.000Z 01J…`: as long for every year from 0 to 9999, so that it sorts like time. */
export const activityOf = ({ updatedAt, id }: Pick<ConversationKey, 'updatedAt' | 'id'>): string =>
  `${updatedAt.toISOString()} ${id}`;

export const conversationDocumentOf = (conversation: Conversation, turn?: Turn): ConversationDocument => {
  const { id, ...rest } = conversation;
  return {
    _id: id,
    ...rest,
    activity: activityOf(conversation),
    terms: indexedTerms(rest.title),
    ...(turn && { turns: [turn] }),
  };
};

/** `ownerId` is whose it was found to be. */
export const conversationOf = (document: ConversationDocument, ownerId: string): Conversation => {
  const { _id, formerOwnerId: _, activity: __, terms: ___, turns: ____, ...rest } = document;
  return { id: _id, ...rest, ownerId };
};

/** What a patch sets. */
export const conversationChangesOf = (
  id: string,
  patch: ConversationPatch,
): Partial<ConversationDocument> => ({
  ...patch,
  ...(patch.updatedAt && { activity: activityOf({ updatedAt: patch.updatedAt, id }) }),
  ...(patch.title !== undefined && { terms: indexedTerms(patch.title) }),
});
