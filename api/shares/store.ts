import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Share } from './share.ts';

/** Stores shares by owner. A share is deleted with its conversation. */
export interface ShareStore {
  /**
   * Deletes the owner's expired shares, then inserts the share. Resolves to false and inserts nothing if the owner has
   * `limit` shares, or no such conversation.
   */
  insert(share: Share, limit: number): Promise<boolean>;
  /** Returns the share of a secret's hash, of any owner; null if there is none or it has expired at `now`. */
  findByHash(secretHash: string, now: Date): Promise<Share | null>;
  find(ownerId: string, id: string): Promise<Share | null>;
  /** Returns a page of the owner's shares, newest first, expired ones included. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<Share>>;
  /** Resolves to whether the share existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
}
