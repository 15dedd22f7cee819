import { demand, may } from '../accounts/permissions.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { badInput } from '../failures.ts';
import { type Page, type PageRequest, pageSizeLimit } from '../pages.ts';
import type { AuditEntry, AuditFilter } from './auditEvent.ts';
import { type Audit, byViewer } from './recorder.ts';
import type { AuditStore } from './store.ts';

/** What was written down, for administrators. */
export interface AuditLog {
  /** The newest first, by time. Throws `FORBIDDEN`, `BAD_USER_INPUT` for a filter that can let nothing through. */
  page(viewer: Viewer, filter: AuditFilter, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  /** In the order of `ids`, null for those that are not there, or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (AuditEntry | null)[]>;
  /**
   * All that the filter lets through, the newest first, a page of them in memory at a time. That it was fetched is
   * written down before. Throws as `page`, before the first.
   */
  export(viewer: Viewer, filter: AuditFilter): Promise<AsyncIterable<AuditEntry>>;
  /** What the viewer did, the oldest first. */
  ownOf(viewer: Viewer): AsyncIterable<AuditEntry>;
}

export const createAuditLog = (store: AuditStore, audit: Audit): AuditLog => {
  const demandFit = (viewer: Viewer, { from, to }: AuditFilter): void => {
    demand(viewer, 'readAuditLog');
    if (from && to && from >= to) throw badInput('from', 'from must be before to.');
  };

  return {
    async page(viewer, filter, page) {
      demandFit(viewer, filter);
      return store.page(filter, page);
    },

    findMany: async (viewer, ids) =>
      may(viewer, 'readAuditLog') ? store.findMany(ids) : ids.map(() => null),

    export: (viewer, filter) =>
      audit.attempt(
        { action: 'EXPORT_AUDIT_LOG', by: byViewer(viewer), details: describe(filter) },
        async () => {
          demandFit(viewer, filter);
          return everyPage((page) => store.page(filter, page));
        },
      ),

    ownOf: ({ user }) => everyPage((page) => store.pageOfUser(user.id, page)),
  };
};

async function* everyPage(
  read: (page: PageRequest<string>) => Promise<Page<AuditEntry>>,
): AsyncGenerator<AuditEntry, void, undefined> {
  let after: string | null = null;
  do {
    const request = { direction: 'forward', size: pageSizeLimit, after, before: null } as const;
    const { items, hasNextPage }: Page<AuditEntry> = await read(request);
    yield* items;
    after = hasNextPage ? (items.at(-1)?.id ?? null) : null;
  } while (after !== null);
}

/** What was asked for. */
const describe = ({ actions, username, refusedOnly, target, from, to }: AuditFilter) => ({
  ...(actions && { actions: actions.join(' ') }),
  ...(username !== null && { username }),
  ...(refusedOnly && { refusedOnly }),
  ...(target !== null && { target }),
  ...(from && { from: from.toISOString() }),
  ...(to && { to: to.toISOString() }),
});
