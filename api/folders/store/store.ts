import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { Folder, FolderPatch } from '../folder.ts';

/** Stores folders. Every method treats another user's folder as absent. */
export interface FolderStore {
  /**
   * Writes a folder. Resolves to false, and writes nothing, if its owner has `limit` folders, also with simultaneous
   * inserts. Inserting an id again changes nothing.
   */
  insert(folder: Folder, limit: number): Promise<boolean>;
  find(ownerId: string, id: string): Promise<Folder | null>;
  /** Returns folders in the order of `ids`, null for absent ones. */
  findMany(ownerId: string, ids: readonly string[]): Promise<readonly (Folder | null)[]>;
  /** Returns the owner's oldest folder of exactly this name. */
  findByName(ownerId: string, name: string): Promise<Folder | null>;
  /** Orders by time of creation, newest first. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Folder>>;
  /** Returns the folder after the change, or null if it is absent. */
  update(ownerId: string, id: string, patch: FolderPatch): Promise<Folder | null>;
  /** Deletes a folder. Its conversations stay, in no folder. Resolves to whether it existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  deleteOfOwner(ownerId: string): Promise<void>;
}
