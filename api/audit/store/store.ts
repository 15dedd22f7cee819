import type { Page, PageRequest } from '../../paging/pages.ts';
import type { AuditEntry, AuditEvent, AuditFilter } from '../auditEvent.ts';
import type { ChainLink, StoredEntry } from '../chain.ts';

/** Stores the audit log: a hash chain that grows at its end and is dropped from its start. Entries never change. */
export interface AuditStore {
  /**
   * Appends events in their order, each chained to the previous entry. Entries that other replicas append at the same time
   * may come between them. Skips events whose id is already stored.
   */
  append(events: readonly AuditEvent[]): Promise<void>;
  /** Returns a page of matching entries, newest first. The key is the id. */
  page(filter: AuditFilter, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  /** Returns a page of a user's entries, oldest first. The key is the id. */
  pageOfUser(userId: string, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  findMany(ids: readonly string[]): Promise<readonly (AuditEntry | null)[]>;
  /** Returns the first `limit` entries after `seq`, in chain order. */
  chainAfter(seq: number, limit: number): Promise<readonly StoredEntry[]>;
  /** Returns the position before the oldest entry: the last dropped entry, or `genesis`. */
  anchor(): Promise<ChainLink>;
  /**
   * Drops at most `limit` of the oldest entries, up to the first one that isn't older than `before`, but never the newest
   * one. Stores the last dropped entry as the anchor first. Returns the number of dropped entries.
   */
  drop(before: Date, limit: number): Promise<number>;
}
