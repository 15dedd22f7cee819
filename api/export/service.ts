import { buffer } from 'node:stream/consumers';
import type { ApiKey } from '../access/apiKey.ts';
import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Session } from '../accounts/account.ts';
import type { Accounts } from '../accounts/service.ts';
import type { Attachment } from '../attachments/attachment.ts';
import type { AttachmentFiles } from '../attachments/files/files.ts';
import type { AttachmentStore } from '../attachments/store/store.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { ConversationStore } from '../conversations/store/store.ts';
import { Failure } from '../errors/failures.ts';
import type { Folder } from '../folders/folder.ts';
import type { FolderStore } from '../folders/store/store.ts';
import type { Generation } from '../generations/generation.ts';
import type { GenerationStore } from '../generations/store/store.ts';
import type { MessageStore } from '../messages/store.ts';
import { type Page, type PageRequest, pageSizeLimit, type TimeKey } from '../paging/pages.ts';
import type { Share } from '../shares/share.ts';
import type { ShareStore } from '../shares/store.ts';
import type { UsageStore } from '../usage/store/store.ts';
import type { UsageEntry } from '../usage/usage.ts';

/** A list of the export. Its rows are written as JSON, unchanged. */
export interface ExportSection {
  /** The field of the list in the document. */
  readonly name: string;
  rows(viewer: Viewer): AsyncIterable<object>;
}

/** Exports the data of a user. */
export interface Export {
  /**
   * Yields one JSON document in parts, about one row each. At most one page of rows is in memory. Rows that are written
   * during the export may be missing.
   */
  stream(viewer: Viewer): AsyncGenerator<string, void, undefined>;
}

export interface ExportDeps {
  readonly accounts: Accounts;
  readonly conversations: ConversationStore;
  readonly messages: MessageStore;
  readonly generations: GenerationStore;
  readonly folders: FolderStore;
  readonly shares: ShareStore;
  readonly attachments: AttachmentStore;
  readonly attachmentFiles: Pick<AttachmentFiles, 'open'>;
  readonly usage: UsageStore;
  readonly clock: () => Date;
  /** Lists that other nouns add. */
  readonly sections?: readonly ExportSection[];
}

/** Increases when a field is removed or changes its meaning. */
const formatVersion = 1;

export const createExport = (deps: ExportDeps): Export => {
  const sections: readonly ExportSection[] = [
    { name: 'sessions', rows: (viewer) => sessionsOf(deps, viewer) },
    { name: 'apiKeys', rows: (viewer) => apiKeysOf(deps, viewer) },
    { name: 'conversations', rows: (viewer) => conversationsOf(deps, viewer.user.id) },
    { name: 'folders', rows: (viewer) => foldersOf(deps, viewer.user.id) },
    { name: 'messages', rows: (viewer) => messagesOf(deps, viewer.user.id) },
    { name: 'generations', rows: (viewer) => generationsOf(deps, viewer.user.id) },
    { name: 'shares', rows: (viewer) => sharesOf(deps, viewer.user.id) },
    { name: 'attachments', rows: (viewer) => attachmentsOf(deps, viewer.user.id) },
    { name: 'usage', rows: (viewer) => usageOf(deps, viewer.user) },
    ...(deps.sections ?? []),
  ];
  return {
    async *stream(viewer) {
      const head = { format: 'ziggie-llm-export', version: formatVersion, exportedAt: deps.clock() };
      yield JSON.stringify({ ...head, account: accountOf(viewer.user) }).slice(0, -1);
      for (const { name, rows } of sections) {
        yield `,\n${JSON.stringify(name)}:[`;
        let isFirst = true;
        for await (const row of rows(viewer)) {
          yield `${isFirst ? '' : ','}\n${JSON.stringify(row)}`;
          isFirst = false;
        }
        yield ']';
      }
      yield '}\n';
    },
  };
};

/** The password hash isn't exported. */
const accountOf = ({ passwordHash: _, ...account }: User) => account;

async function* pagesOf<Row, Key>(
  read: (page: PageRequest<Key>) => Promise<Page<Row>>,
  keyOf: (row: Row) => Key,
): AsyncGenerator<Row, void, undefined> {
  let after: Key | null = null;
  do {
    const request: PageRequest<Key> = { direction: 'forward', size: pageSizeLimit, after, before: null };
    const { items, hasNextPage }: Page<Row> = await read(request);
    yield* items;
    const last = items.at(-1);
    after = hasNextPage && last !== undefined ? keyOf(last) : null;
  } while (after !== null);
}

const sessionsOf = ({ accounts }: ExportDeps, viewer: Viewer): AsyncIterable<Session> =>
  pagesOf(
    (page: PageRequest<TimeKey>) => accounts.sessions.page(viewer, page),
    (row) => row,
  );

/** The hash of an API key isn't exported either. */
async function* apiKeysOf({ accounts }: ExportDeps, viewer: Viewer): AsyncGenerator<object, void, undefined> {
  const keys = pagesOf(
    (page: PageRequest<TimeKey>) => accounts.apiKeys.page(viewer, page),
    (key: ApiKey) => key,
  );
  for await (const { secretHash: _, ...key } of keys) yield key;
}

async function* conversationsOf(
  { conversations }: ExportDeps,
  ownerId: string,
): AsyncGenerator<Conversation, void, undefined> {
  for (const archived of [false, true]) {
    const filter = { archived, tag: null, search: null };
    yield* pagesOf(
      (page) => conversations.page(ownerId, page, filter),
      ({ pinned, updatedAt, id }: Conversation) => ({ pinned, updatedAt, id }),
    );
  }
}

const foldersOf = ({ folders }: ExportDeps, ownerId: string): AsyncIterable<Folder> =>
  pagesOf(
    (page: PageRequest<TimeKey>) => folders.page(ownerId, page),
    (folder) => folder,
  );

async function* messagesOf(deps: ExportDeps, ownerId: string): AsyncGenerator<object, void, undefined> {
  for await (const { id } of conversationsOf(deps, ownerId)) {
    let after: string | null = null;
    do {
      const some = await deps.messages.ofConversation(ownerId, id, after, pageSizeLimit);
      // `parentId` defines the tree; branch, depth and attempt are internal.
      for (const { branchId: _branch, depth: _depth, attempt: _attempt, ...message } of some) yield message;
      // Large messages come in smaller parts.
      after = some.at(-1)?.id ?? null;
    } while (after !== null);
  }
}

/** The hash of a link's secret isn't exported. */
async function* sharesOf({ shares }: ExportDeps, ownerId: string): AsyncGenerator<object, void, undefined> {
  const all = pagesOf(
    (page: PageRequest<TimeKey>) => shares.page(ownerId, page),
    (share: Share) => share,
  );
  for await (const { secretHash: _, ...share } of all) yield share;
}

async function* generationsOf(deps: ExportDeps, ownerId: string): AsyncGenerator<object, void, undefined> {
  const temporary = await temporaryIds(deps, ownerId);
  const rows = pagesOf(
    (page: PageRequest<TimeKey>) => deps.generations.pageOfOwner(ownerId, page),
    (row: Generation) => row,
  );
  for await (const row of rows) if (!temporary.has(row.conversationId ?? '')) yield row;
}

/** Temporary conversations aren't exported, nor what belongs to them. */
const temporaryIds = async ({ conversations }: ExportDeps, ownerId: string): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for (const archived of [false, true]) {
    const filter = { archived, tag: null, search: null, temporary: true };
    const rows = pagesOf(
      (page) => conversations.page(ownerId, page, filter),
      ({ pinned, updatedAt, id }: Conversation) => ({ pinned, updatedAt, id }),
    );
    for await (const { id } of rows) ids.add(id);
  }
  return ids;
};

/** Each with its text and its file as base64 (null: the file is lost), so one file at a time is in memory. */
async function* attachmentsOf(deps: ExportDeps, ownerId: string): AsyncGenerator<object, void, undefined> {
  const { attachments, attachmentFiles } = deps;
  const temporary = await temporaryIds(deps, ownerId);
  const rows = pagesOf(
    (page: PageRequest<TimeKey>) => attachments.page(ownerId, page),
    (row: Attachment) => row,
  );
  for await (const { fileKey, storedBytes: _, ...row } of rows) {
    if (temporary.has(row.conversationId ?? '')) continue;
    const text = await attachments.text(ownerId, row.id);
    // Deleted since the page was read.
    if (text === null) continue;
    const file = await attachmentFiles.open(fileKey).then(buffer).catch(nullIfAbsent);
    yield { ...row, text, file: file?.toString('base64') ?? null };
  }
}

/** Reads a year at a time; usage has few rows, one for each day and model. */
async function* usageOf(
  { usage, clock }: ExportDeps,
  { id, createdAt }: User,
): AsyncGenerator<UsageEntry, void, undefined> {
  for (let year = createdAt.getUTCFullYear(); year <= clock().getUTCFullYear(); year += 1) {
    yield* await usage.ofOwner(id, `${year}-01-01`, `${year}-12-31`);
  }
}

/** A restored backup can lack the file of an attachment that was deleted during the backup. */
const nullIfAbsent = (error: unknown): null => {
  if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
  throw error;
};
