import { demand, may } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import { badInput } from '../errors/failures.ts';
import { type Page, type PageRequest, pageSizeLimit } from '../paging/pages.ts';
import { viewerActor } from './actor.ts';
import { type AuditEntry, type AuditFilter, everyAuditEntry } from './auditEvent.ts';
import { withoutContent } from './content.ts';
import type { AuditRecorder } from './recorder.ts';
import type { AuditStore } from './store/store.ts';

/** For how long users are told of a link for a new password, in milliseconds. */
const tellResetMs = 30 * 86_400_000;

/** What was written down, for administrators. To an API key it shows no prompts and no answers. */
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
  /**
   * The last link for a new password that an administrator created for the viewer, within 30 days; null where there is
   * none, and for an API key.
   */
  lastPasswordReset(viewer: Viewer): Promise<AuditEntry | null>;
  /** What the viewer did, the oldest first. */
  ownOf(viewer: Viewer): AsyncIterable<AuditEntry>;
}

export const createAuditLog = (store: AuditStore, recorder: AuditRecorder, clock: () => Date): AuditLog => {
  const demandFit = (viewer: Viewer, { from, to }: AuditFilter): void => {
    demand(viewer, 'readAuditLog');
    if (from && to && from >= to) throw badInput('from', 'from must be before to.');
  };

  return {
    async page(viewer, filter, page) {
      demandFit(viewer, filter);
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
          demandFit(viewer, filter);
          return shownAll(
            viewer,
            everyPage((page) => store.page(filter, page)),
          );
        },
      ),

    async lastPasswordReset(viewer) {
      if (!may(viewer, 'manageAccount')) return null;
      const { id, username } = viewer.user;
      const from = new Date(clock().getTime() - tellResetMs);
      const filter = {
        ...everyAuditEntry,
        actions: ['RESET_USER_PASSWORD'],
        target: username,
        from,
      } as const;
      const request = { direction: 'forward', size: pageSizeLimit, after: null, before: null } as const;
      // A name can have belonged to another user before.
      const { items } = await store.page(filter, request);
      return items.find(({ outcome, targetId }) => outcome === 'OK' && targetId === id) ?? null;
    },

    ownOf: ({ user }) => everyPage((page) => store.pageOfUser(user.id, page)),
  };
};

/** A key that leaks must not show what others asked: `AUDIT_CONTENT` is for administrators in person. */
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

/** What was asked for. */
const describe = ({ actions, username, refusedOnly, target, from, to }: AuditFilter) => ({
  ...(actions && { actions: actions.join(' ') }),
  ...(username !== null && { username }),
  ...(refusedOnly && { refusedOnly }),
  ...(target !== null && { target }),
  ...(from && { from: from.toISOString() }),
  ...(to && { to: to.toISOString() }),
});
