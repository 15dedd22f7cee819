import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { Attachment } from '../attachment.ts';

/**
 * Stores attachments and their texts. Methods with an `ownerId` treat another user's row as absent. Methods with a `readerId`
 * also see the documents of collections that are shared with everyone.
 */
export interface AttachmentStore {
  insert(attachment: Attachment, text: string): Promise<void>;
  find(ownerId: string, id: string): Promise<Attachment | null>;
  /** Returns rows in the order of `ids`, null for absent ones. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Attachment | null)[]>;
  /** Returns the text; null if the attachment is absent. */
  text(ownerId: string, id: string): Promise<string | null>;
  /** Returns rows that the reader may read, in the order of `ids`, null for others. */
  findReadable(readerId: string, ids: readonly string[]): Promise<readonly (Attachment | null)[]>;
  /** Returns the text of an attachment that the reader may read; null for another one. */
  readableText(readerId: string, id: string): Promise<string | null>;
  /** Returns a page of a collection's documents, newest first; empty if the reader may not read it. */
  pageOfCollection(
    readerId: string,
    collectionId: string,
    page: PageRequest<TimeKey>,
  ): Promise<Page<Attachment>>;
  /** Returns a page of the owner's attachments, newest first. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Attachment>>;
  /** Puts attachments into a conversation, except those that are in one already. */
  assign(ownerId: string, ids: readonly string[], conversationId: string): Promise<void>;
  /** Returns the file keys of a conversation's attachments. */
  fileKeysOfConversation(ownerId: string, conversationId: string): Promise<readonly string[]>;
  /** Deletes an attachment with its text. Returns it, null if it is absent. */
  delete(ownerId: string, id: string): Promise<Attachment | null>;
  /** Deletes an attachment like `delete`, if it is still in no conversation and in no collection. */
  deleteUnsent(ownerId: string, id: string): Promise<Attachment | null>;
  /** Deletes all attachments of a user. Returns their file keys. Idempotent. */
  deleteOfOwner(ownerId: string): Promise<readonly string[]>;
  /**
   * Returns up to 100 attachments of all users that were created before `before` and are in no conversation and no collection,
   * oldest first, after `after`.
   */
  unsentAnyOwner(before: Date, after: TimeKey | null): Promise<readonly Attachment[]>;
  /** Returns those of `fileKeys` that an attachment has. */
  usedFileKeys(fileKeys: readonly string[]): Promise<readonly string[]>;
}
