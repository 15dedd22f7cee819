import type { ApiKey } from '../access/apiKey.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';

/** Stores API keys by owner. Only authentication finds a key by its secret's hash. */
export interface ApiKeyStore {
  /** Returns false and writes nothing if the owner has `limit` keys, also with simultaneous inserts. */
  insert(key: ApiKey, limit: number): Promise<boolean>;
  /** Returns null if the key doesn't exist or has expired at `now`. */
  findByHash(secretHash: string, now: Date): Promise<ApiKey | null>;
  /** Returns null if the owner has no key with this id. Finds expired keys too. */
  find(ownerId: string, id: string): Promise<ApiKey | null>;
  /** Returns a page of the owner's keys, newest first, expired ones included. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** Returns a page of all users' keys, newest first. */
  pageAnyOwner(page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  setLastUsed(id: string, at: Date): Promise<void>;
  /** Returns whether the key existed. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /** Deletes a key of any user. Returns whether it existed. */
  deleteAnyOwner(id: string): Promise<boolean>;
  deleteAllOf(ownerId: string): Promise<void>;
}
