import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import { type Page, type PageRequest, pageSizeLimit } from '../paging/pages.ts';
import { viewerActor } from './actor.ts';
import { type AuditEntry, type AuditFilter, everyAuditEntry } from './auditEvent.ts';
import { withoutContent } from './content.ts';
import type { AuditRecorder } from './recorder.ts';
import type { AuditStore } from './store/store.ts';

/** How long users see that an administrator created a password reset link for them, in milliseconds. */
const resetNoticeMs = 30 * 86_400_000;

/** Reads the audit log, for administrators. Hides prompts and answers from API keys. */
export interface AuditLog {
  /** Returns a page of entries, newest first. Throws `FORBIDDEN`, or `BAD_USER_INPUT` for a filter that can't match. */
  page(viewer: Viewer, filter: AuditFilter, page: PageRequest<string>): Promise<Page<AuditEntry>>;
  /** Returns entries in the order of `ids`; null for one that doesn't exist or that the viewer may not see. */
  findMany(viewer: Viewer, ids: readonly string[]): Promise<readonly (AuditEntry | null)[]>;
  /**
   * Returns all matching entries, newest first, with one page in memory at a time. Records the export first. Throws like
   * `page`, before the first entry.
   */
  export(viewer: Viewer, filter: AuditFilter): Promise<AsyncIterable<AuditEntry>>;
  /**
   * Returns the last password reset link that an administrator created for the viewer within 30 days; null if there is
   * none, and for an API key.
   */
  lastPasswordReset(viewer: Viewer): Promise<AuditEntry | null>;
  /** Returns the viewer's own events, oldest first. */
  ownOf(viewer: Viewer): AsyncIterable<AuditEntry>;
}

export const createAuditLog = (store: AuditStore, recorder: AuditRecorder, clock: () => Date): AuditLog => {
  const checkFilter = (viewer: Viewer, { from, to }: AuditFilter): void => {
    demand(viewer, 'readAuditLog');
    if (from && to && from >= to) throw badInput('from', 'from must be before to.');
  };

  return {
    async page(viewer, filter, page) {
      checkFilter(viewer, filter);
      const found = await store.page(filter, page);
      return { ...found, items: found.items.map((entry) => shownTo(viewer, entry)) };
    },

    findMany: async (viewer, ids) =>
      may(viewer, 'readAuditLog')
        ? (await store.findMany(ids)).map((entry) => entry && shownTo(viewer, entry))
        : ids.map(() => null),

    export: (viewer, filter) =>
      recorder.attempt(
        { action: 'EXPORT_AUDIT_LOG', actor: viewerActor(viewer), details: describe(filter) },
        async () => {
          checkFilter(viewer, filter);
          return shownAll(
            viewer,
            everyPage((page) => store.page(filter, page)),
          );
        },
      ),

    async lastPasswordReset(viewer) {
      if (!may(viewer, 'manageAccount')) return null;
      const { id, username } = viewer.user;
      const from = new Date(clock().getTime() - resetNoticeMs);
      const filter = {
        ...everyAuditEntry,
        actions: ['RESET_USER_PASSWORD'],
        target: username,
        from,
      } as const;
      const request = { direction: 'forward', size: pageSizeLimit, after: null, before: null } as const;
      // The name may have belonged to another user before.
      const { items } = await store.page(filter, request);
      return items.find(({ outcome, targetId }) => outcome === 'OK' && targetId === id) ?? null;
    },

    ownOf: ({ user }) => everyPage((page) => store.pageOfUser(user.id, page)),
  };
};

/** Hides prompts and answers from API keys: a leaked key must not reveal them. */
const shownTo = ({ apiKey }: Viewer, entry: AuditEntry): AuditEntry =>
  apiKey === null ? entry : { ...entry, details: withoutContent(entry.details) };

async function* shownAll(
  viewer: Viewer,
  entries: AsyncIterable<AuditEntry>,
): AsyncGenerator<AuditEntry, void, undefined> {
  for await (const entry of entries) yield shownTo(viewer, entry);
}

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

/** Describes a filter in an event's details. */
const describe = ({ actions, username, refusedOnly, target, from, to }: AuditFilter) => ({
  ...(actions && { actions: actions.join(' ') }),
  ...(username !== null && { username }),
  ...(refusedOnly && { refusedOnly }),
  ...(target !== null && { target }),
  ...(from && { from: from.toISOString() }),
  ...(to && { to: to.toISOString() }),
});
