import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { type Attachment, hasText } from '../attachments/attachment.ts';
import type { AttachmentCleanup } from '../attachments/cleanup.ts';
import type { AttachmentStore } from '../attachments/store/store.ts';
import { bytesOfText } from '../config/values/bytes.ts';
import { maxChosenCollections } from '../conversations/bounds.ts';
import type { CollectionChoices } from '../conversations/collectionChoices.ts';
import { badInput, Failure, forbidden, notFound } from '../errors/failures.ts';
import { underHold } from '../holds/hold.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import { type CollectionPatch, collectionLimits, type DocumentCollection } from './collection.ts';
import type { CollectionStore } from './store/store.ts';

/** A collection, and the documents that were added or removed. */
export interface ChangedDocuments {
  readonly collection: DocumentCollection;
  readonly documents: readonly Attachment[];
}

/**
 * Collections of documents: the viewer's own, and those that are shared with everyone. Methods with an id throw `NOT_FOUND`
 * for a collection that the viewer may not see, and `FORBIDDEN` for a shared one that the viewer may not change.
 */
export interface DocumentCollections extends CollectionChoices {
  /** Throws `BAD_USER_INPUT`, `CONFLICT` for too many collections, `QUOTA_EXCEEDED` and `RATE_LIMITED`. */
  create(
    viewer: Viewer,
    input: Pick<DocumentCollection, 'name' | 'description'>,
  ): Promise<DocumentCollection>;
  update(
    viewer: Viewer,
    id: string,
    patch: Pick<CollectionPatch, 'name' | 'description'>,
  ): Promise<DocumentCollection>;
  /** Shares the viewer's own collection with everyone. */
  share(viewer: Viewer, id: string): Promise<DocumentCollection>;
  /** Ends the sharing. Administrators withdraw every shared collection. */
  withdraw(viewer: Viewer, id: string): Promise<DocumentCollection>;
  /** Deletes a collection, and those of its documents that no conversation has. Throws `CONFLICT` under a legal hold. */
  delete(viewer: Viewer, id: string): Promise<void>;
  /**
   * Adds attachments of the viewer. Throws `NOT_FOUND`, `BAD_USER_INPUT` for images and for documents of another collection,
   * `CONFLICT` for too many documents.
   */
  addDocuments(viewer: Viewer, id: string, attachmentIds: readonly string[]): Promise<ChangedDocuments>;
  /**
   * Removes documents. Deletes those that no conversation has. Throws `NOT_FOUND`, and `CONFLICT` under a legal hold.
   */
  removeDocuments(viewer: Viewer, id: string, attachmentIds: readonly string[]): Promise<ChangedDocuments>;
  /** Returns a page of the collections that the viewer may see, newest first. */
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<DocumentCollection>>;
  /** Returns a page of the documents of a collection, newest first. */
  documents(viewer: Viewer, id: string, page: PageRequest<TimeKey>): Promise<Page<Attachment>>;
  /** Whether `update` and `addDocuments` are allowed. */
  mayChange(viewer: Viewer, collection: DocumentCollection): boolean;
  /** Whether `delete` and `removeDocuments` are allowed. */
  mayDelete(viewer: Viewer, collection: DocumentCollection): boolean;
  mayShare(viewer: Viewer, collection: DocumentCollection): boolean;
  mayWithdraw(viewer: Viewer, collection: DocumentCollection): boolean;
}

export interface DocumentCollectionsDeps {
  readonly store: CollectionStore;
  readonly attachments: Pick<AttachmentStore, 'findMany' | 'pageOfCollection'>;
  readonly cleanup: Pick<AttachmentCleanup, 'deleteUnusedFiles'>;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` if all data of the user is under a legal hold. */
  readonly checkDeletable: (ownerId: string) => Promise<void>;
  readonly ids: Ids;
  readonly clock: () => Date;
}

const {
  name: maxName,
  description: maxDescription,
  collections: maxCollections,
  documents: maxDocuments,
} = collectionLimits;

/** Returns the fields with the name trimmed. Throws `BAD_USER_INPUT`. */
const check = <Patch extends CollectionPatch>(patch: Patch): Patch => {
  const { name, description } = patch;
  if (name !== undefined && (name.trim() === '' || name.length > maxName)) {
    throw badInput('name', `name must have 1 to ${maxName} characters; it has ${name.length}.`);
  }
  if (description && description.length > maxDescription) {
    const rule = `may have ${maxDescription} characters at most; it has ${description.length}.`;
    throw badInput('description', `description ${rule}`);
  }
  return name === undefined ? patch : { ...patch, name: name.trim() };
};

const bytesOf = ({ name, description }: CollectionPatch): number =>
  bytesOfText(name) + bytesOfText(description);

export const createDocumentCollections = (deps: DocumentCollectionsDeps): DocumentCollections => {
  const { store, attachments, cleanup, storageQuotas, checkDeletable, ids, clock } = deps;

  const findVisible = async (readerId: string, id: string): Promise<DocumentCollection> => {
    const [collection] = await store.findMany(readerId, [id]);
    if (!collection) throw notFound('collection');
    return collection;
  };

  const findOwn = async (viewer: Viewer, id: string): Promise<DocumentCollection> => {
    demand(viewer, 'writeConversations');
    const collection = await findVisible(viewer.user.id, id);
    if (collection.ownerId !== viewer.user.id) {
      throw forbidden('Only the owner of this collection may change it.');
    }
    return collection;
  };

  /** What everyone reads is changed by administrators only. */
  const findChangeable = async (viewer: Viewer, id: string): Promise<DocumentCollection> => {
    const collection = await findOwn(viewer, id);
    if (collection.isShared) demand(viewer, 'shareCollections');
    return collection;
  };

  const update = async (ownerId: string, id: string, patch: CollectionPatch): Promise<DocumentCollection> => {
    const collection = await store.update(ownerId, id, patch);
    if (!collection) throw notFound('collection');
    return collection;
  };

  const findDocuments = async (ownerId: string, attachmentIds: readonly string[]) =>
    (await attachments.findMany(ownerId, [...new Set(attachmentIds)])).map((attachment) => {
      if (!attachment) throw notFound('attachment');
      return attachment;
    });

  const isOwner = ({ user }: Viewer, { ownerId }: DocumentCollection): boolean => ownerId === user.id;
  const mayDelete: DocumentCollections['mayDelete'] = (viewer, collection) =>
    isOwner(viewer, collection) && may(viewer, 'writeConversations');

  return {
    async create(viewer, input) {
      demand(viewer, 'writeConversations');
      const { name, description } = check(input);
      await storageQuotas.checkRate(viewer.user);
      const collection: DocumentCollection = {
        id: ids.next(),
        ownerId: viewer.user.id,
        name,
        description,
        isShared: false,
        createdAt: clock(),
      };
      const bytes = rowBytes.collection + bytesOf(collection);
      const isWritten = await storageQuotas.withReservation(viewer.user, bytes, () =>
        store.insert(collection, maxCollections),
      );
      if (isWritten) return collection;
      throw new Failure(
        'CONFLICT',
        `You have ${maxCollections} collections already. Delete one you no longer need.`,
      );
    },

    async update(viewer, id, patch) {
      await findChangeable(viewer, id);
      const checked = check(patch);
      await storageQuotas.checkRate(viewer.user);
      const write = () => update(viewer.user.id, id, checked);
      const bytes = bytesOf(checked);
      return bytes === 0 ? write() : storageQuotas.withReservation(viewer.user, bytes, write);
    },

    async share(viewer, id) {
      demand(viewer, 'shareCollections');
      await findOwn(viewer, id);
      return update(viewer.user.id, id, { isShared: true });
    },

    async withdraw(viewer, id) {
      demand(viewer, 'writeConversations');
      const collection = await findVisible(viewer.user.id, id);
      if (!isOwner(viewer, collection)) demand(viewer, 'shareCollections');
      return update(collection.ownerId, id, { isShared: false });
    },

    async delete(viewer, id) {
      await findOwn(viewer, id);
      await checkDeletable(viewer.user.id);
      const files = await store.delete(viewer.user.id, id);
      if (files === 'HELD') throw underHold();
      if (!files) throw notFound('collection');
      await cleanup.deleteUnusedFiles(viewer.user.id, files);
    },

    async addDocuments(viewer, id, attachmentIds) {
      const collection = await findChangeable(viewer, id);
      await storageQuotas.checkRate(viewer.user);
      const found = await findDocuments(viewer.user.id, attachmentIds);
      for (const attachment of found) {
        if (!hasText(attachment)) {
          throw badInput(
            'attachments',
            `"${attachment.name}" is an image, and has no text to search. Add documents only.`,
          );
        }
        if (attachment.collectionId !== null && attachment.collectionId !== id) {
          throw badInput(
            'attachments',
            `"${attachment.name}" is in another collection. Remove it there, or upload it again.`,
          );
        }
      }
      const added = await store.addDocuments(
        viewer.user.id,
        id,
        found.map((attachment) => attachment.id),
        maxDocuments,
      );
      if (added === 'ABSENT') throw notFound('collection');
      if (added === 'FULL') {
        throw new Failure(
          'CONFLICT',
          `The collection "${collection.name}" would have more than ${maxDocuments} documents. Remove some, or create another collection.`,
        );
      }
      return { collection, documents: found.map((attachment) => ({ ...attachment, collectionId: id })) };
    },

    async removeDocuments(viewer, id, attachmentIds) {
      const collection = await findOwn(viewer, id);
      await storageQuotas.checkRate(viewer.user);
      const found = await findDocuments(viewer.user.id, attachmentIds);
      if (found.some(({ collectionId }) => collectionId !== id)) throw notFound('attachment');
      await checkDeletable(viewer.user.id);
      const files = await store.removeDocuments(
        viewer.user.id,
        id,
        found.map((attachment) => attachment.id),
      );
      if (files === 'HELD') throw underHold();
      await cleanup.deleteUnusedFiles(viewer.user.id, files);
      return { collection, documents: found };
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      return store.page(viewer.user.id, page);
    },

    async documents(viewer, id, page) {
      demand(viewer, 'read');
      return attachments.pageOfCollection(viewer.user.id, id, page);
    },

    async checkChosen(readerId, given, earlier) {
      const chosen = [...new Set(given)];
      if (chosen.length > maxChosenCollections) {
        const rule = `collections has ${chosen.length} items; at most ${maxChosenCollections} can be chosen.`;
        throw badInput('collections', rule);
      }
      const fresh = chosen.filter((id) => !earlier.includes(id));
      const found = await store.findMany(readerId, fresh);
      if (found.some((collection) => collection === null)) throw notFound('collection');
      return chosen;
    },

    mayChange: (viewer, collection) =>
      mayDelete(viewer, collection) && (!collection.isShared || may(viewer, 'shareCollections')),
    mayDelete,
    mayShare: (viewer, collection) =>
      !collection.isShared && mayDelete(viewer, collection) && may(viewer, 'shareCollections'),
    mayWithdraw: (viewer, collection) =>
      collection.isShared &&
      may(viewer, 'writeConversations') &&
      (isOwner(viewer, collection) || may(viewer, 'shareCollections')),
  };
};
