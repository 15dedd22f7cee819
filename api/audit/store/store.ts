import type { Page, PageRequest } from '../../paging/pages.ts';
import type { AuditEntry, AuditEvent, AuditFilter } from '../auditEvent.ts';
import type { ChainLink, StoredEntry } from '../chain.ts';

/** The audit log: a chain that grows at its end, and is dropped from its beginning. Nothing in it is ever changed. */
export interface AuditStore {
  /**
   * Adds events at the end, in their order, each with the number and the hash after the entry before; entries that other
   * replicas add at the same time may stand between them. An event that is there already, by its id, is left out.
   */
  append(events: readonly AuditEvent[]): Promise<void>;
  /** The newest first, by time. The key is the id. */
  page(filter: AuditFilter, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  /** Of one user, the oldest first. The key is the id. */
  pageOfUser(userId: string, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  findMany(ids: readonly string[]): Promise<readonly (AuditEntry | null)[]>;
  /** The first `limit` of the chain after `seq`, in its order. */
  chainAfter(seq: number, limit: number): Promise<readonly StoredEntry[]>;
  /** What the oldest entry that is kept follows: the last that was dropped, or `genesis`. */
  anchor(): Promise<ChainLink>;
  /**
   * Drops entries from the old end, `limit` of them at most, up to the first that is not older than `before`; never the
   * newest. The last that goes is noted as the anchor before any goes. Returns how many went.
   */
  drop(before: Date, limit: number): Promise<number>;
}
