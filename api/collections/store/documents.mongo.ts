import type { Collection } from 'mongodb';
import type { DocumentCollection } from '../collection.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly collections: Collection<CollectionDocument>;
  }
}

export interface CollectionDocument extends Omit<DocumentCollection, 'id' | 'ownerId'> {
  readonly _id: string;
  /** Null while it is being deleted, which hides it from everyone in one step. */
  readonly ownerId: string | null;
  /** The owner before the deletion began. Absent otherwise. */
  readonly formerOwnerId?: string;
}

export const collectionDocumentOf = ({ id, ...collection }: DocumentCollection): CollectionDocument => ({
  _id: id,
  ...collection,
});

export const collectionOf = ({
  _id,
  ownerId,
  formerOwnerId: _,
  ...rest
}: CollectionDocument): DocumentCollection => ({
  id: _id,
  ownerId: ownerId ?? '',
  ...rest,
});
