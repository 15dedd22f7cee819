import type { Collection } from 'mongodb';
import { indexedTerms } from '../../search/terms.mongo.ts';
import type { Conversation, ConversationKey, ConversationPatch } from '../conversation.ts';
import type { Turn } from '../turn.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly conversations: Collection<ConversationDocument>;
  }
}

export interface ConversationDocument
  extends Omit<Conversation, 'id' | 'ownerId' | 'autoTitled' | 'folderId' | 'collectionIds' | 'expiresAt'> {
  /** Absent or null: the conversation isn't temporary. */
  readonly expiresAt?: Date | null;
  /** Absent in documents of earlier releases: false. */
  readonly autoTitled?: boolean;
  /** Absent in documents of earlier releases: null. */
  readonly folderId?: string | null;
  /** Absent in documents of earlier releases: none. */
  readonly collectionIds?: readonly string[];
  /** When the model has to write the title. Absent otherwise. */
  readonly titleDueAt?: Date;
  /** How often the model was asked for the title. Absent if it never was. */
  readonly titleTries?: number;
  readonly _id: string;
  /** Null while it is being deleted, which hides it from its owner in one step. */
  readonly ownerId: string | null;
  /** The owner before the deletion began. Absent otherwise. */
  readonly formerOwnerId?: string;
  /** The sort key of the list after `pinned`, as one value, so that a page is one index range. */
  readonly activity: string;
  /** The search terms of the title. */
  readonly terms: readonly string[];
  /** The open turns. Absent if there never was one. */
  readonly turns?: readonly Turn[];
}

/** The value of `expiresAt` in a temporary conversation. */
export const isTemporary = { $type: 'date' } as const;

/** Returns `2026-01-02T03:00:00.000Z 01J…`, of the same length for the years 0 to 9999, so that it sorts by time. */
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

/** Converts a document that a query by `ownerId` found. */
export const conversationOf = (document: ConversationDocument, ownerId: string): Conversation => {
  const { _id, title, model, systemPrompt, options, pinned, archived, tags, leafId, ...rest } = document;
  const { autoTitled = false, folderId = null, collectionIds = [] } = rest;
  const { createdAt, updatedAt, expiresAt = null } = rest;
  return {
    id: _id,
    ownerId,
    title,
    autoTitled,
    model,
    systemPrompt,
    options,
    pinned,
    archived,
    tags,
    folderId,
    collectionIds,
    leafId,
    createdAt,
    updatedAt,
    ...(expiresAt && { expiresAt }),
  };
};

/** Returns the fields that a patch sets. */
export const conversationChangesOf = (
  id: string,
  patch: ConversationPatch,
): Partial<ConversationDocument> => ({
  ...patch,
  ...(patch.updatedAt && { activity: activityOf({ updatedAt: patch.updatedAt, id }) }),
  ...(patch.title !== undefined && { terms: indexedTerms(patch.title) }),
});
