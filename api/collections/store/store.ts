import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { CollectionPatch, CollectionSummary, DocumentCollection } from '../collection.ts';

/**
 * Stores collections and which documents are in them. Methods with a `readerId` see the reader's own collections and the
 * shared ones; methods with an `ownerId` treat another user's collection as absent.
 */
export interface CollectionStore {
  /**
   * Writes a collection. Resolves to false, and writes nothing, if its owner has `limit` collections, also with simultaneous
   * inserts.
   */
  insert(collection: DocumentCollection, limit: number): Promise<boolean>;
  /** Returns collections in the order of `ids`, null for absent ones and for those that the reader may not see. */
  findMany(readerId: string, ids: readonly string[]): Promise<readonly (DocumentCollection | null)[]>;
  /** Orders by time of creation, newest first. */
  page(readerId: string, page: PageRequest<TimeKey>): Promise<Page<DocumentCollection>>;
  /** Returns all collections of an owner, oldest first. */
  ofOwner(ownerId: string): Promise<readonly DocumentCollection[]>;
  /** Returns the summaries in the order of `ids`, null for collections that the reader may not see. */
  summaries(readerId: string, ids: readonly string[]): Promise<readonly (CollectionSummary | null)[]>;
  /** Returns the collection after the change, or null if it is absent. */
  update(ownerId: string, id: string, patch: CollectionPatch): Promise<DocumentCollection | null>;
  /**
   * Puts those of the owner's attachments into the collection that are in none. Changes nothing if the collection is absent,
   * or would have more than `limit` documents.
   */
  addDocuments(
    ownerId: string,
    id: string,
    attachmentIds: readonly string[],
    limit: number,
  ): Promise<'ADDED' | 'FULL' | 'ABSENT'>;
  /**
   * Takes documents out of the collection, and deletes those that are in no conversation. Returns the file keys of the
   * deleted ones. `HELD`: a legal hold covers the owner, also one that is placed meanwhile, and nothing is changed.
   */
  removeDocuments(
    ownerId: string,
    id: string,
    attachmentIds: readonly string[],
  ): Promise<readonly string[] | 'HELD'>;
  /**
   * Deletes a collection, those of its documents that are in no conversation, and its id in the choices of conversations and
   * folders. Returns the file keys of the deleted documents, or null if the collection is absent. `HELD`: a legal hold covers
   * the owner, also one that is placed meanwhile, and nothing is changed.
   */
  delete(ownerId: string, id: string): Promise<readonly string[] | 'HELD' | null>;
  /** Deletes all collections of an owner like `delete`, whatever is held. Idempotent. */
  deleteOfOwner(ownerId: string): Promise<void>;
}
