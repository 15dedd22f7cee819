import type { Collection } from 'mongodb';
import type { Folder } from '../folder.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly folders: Collection<FolderDocument>;
  }
}

export interface FolderDocument extends Omit<Folder, 'id' | 'collectionIds'> {
  readonly _id: string;
  /** Absent in documents of earlier releases: none. */
  readonly collectionIds?: readonly string[];
}

export const folderDocumentOf = ({ id, ...folder }: Folder): FolderDocument => ({ _id: id, ...folder });

export const folderOf = ({ _id, collectionIds = [], ...folder }: FolderDocument): Folder => ({
  id: _id,
  ...folder,
  collectionIds,
});
