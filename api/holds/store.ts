import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { LegalHold } from './hold.ts';

/** Stores legal holds. Callers have checked the permission: no method is limited to an owner's own rows. */
export interface HoldStore {
  /** Resolves to false and inserts nothing if there are `limit` holds on the owner's data. */
  insert(hold: LegalHold, limit: number): Promise<boolean>;
  find(id: string): Promise<LegalHold | null>;
  /** Returns a page of all holds, newest first. */
  page(page: PageRequest<TimeKey>): Promise<Page<LegalHold>>;
  /** Returns all holds on the owner's data, oldest first. */
  ofOwner(ownerId: string): Promise<readonly LegalHold[]>;
  /** Resolves to whether the hold existed. */
  delete(id: string): Promise<boolean>;
}
