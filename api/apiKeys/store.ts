import type { ApiKey } from '../access/apiKey.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';

/** API keys, by their owners; the service of accounts alone finds one by its secret. */
export interface ApiKeyStore {
  /** False, and nothing written, where the owner has `limit` keys, however many are inserted at once. */
  insert(key: ApiKey, limit: number): Promise<boolean>;
  /** Null where there is none, or it has expired at `now`. */
  findByHash(secretHash: string, now: Date): Promise<ApiKey | null>;
  /** Null where the owner has none with this id. One that has expired is found. */
  find(ownerId: string, id: string): Promise<ApiKey | null>;
  /** The newest first, those that have expired among them. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  /** Of all users, the newest first. */
  pageAnyOwner(page: PageRequest<TimeKey>): Promise<Page<ApiKey>>;
  setLastUsed(id: string, at: Date): Promise<void>;
  /** True where there was one. */
  delete(ownerId: string, id: string): Promise<boolean>;
  /** Whoever's it is. True where there was one. */
  deleteAnyOwner(id: string): Promise<boolean>;
  deleteAllOf(ownerId: string): Promise<void>;
}
