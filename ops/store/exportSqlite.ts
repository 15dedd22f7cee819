import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import type { ApiKey } from '../../api/access/apiKey.ts';
import type { User } from '../../api/access/user.ts';
import type { Session } from '../../api/accounts/account.ts';
import type { AnswerDefaults } from '../../api/answerDefaults/answerDefaults.ts';
import type { Attachment } from '../../api/attachments/attachment.ts';
import type { AttachmentFiles } from '../../api/attachments/files/files.ts';
import type { AuditEntry } from '../../api/audit/auditEvent.ts';
import type { ChainLink } from '../../api/audit/chain.ts';
import type { Batch, BatchItem } from '../../api/batches/batch.ts';
import type { BatchFile, BatchFilePart } from '../../api/batches/files/file.ts';
import type { DocumentCollection } from '../../api/collections/collection.ts';
import type { Conversation } from '../../api/conversations/conversation.ts';
import type { DockerRequest } from '../../api/docker/request.ts';
import { Failure } from '../../api/errors/failures.ts';
import type { Folder } from '../../api/folders/folder.ts';
import type { Generation } from '../../api/generations/generation.ts';
import type { HealingAgent } from '../../api/healing/agent.ts';
import type { Healing } from '../../api/healing/healing.ts';
import type { LegalHold } from '../../api/holds/hold.ts';
import type { Message } from '../../api/messages/message.ts';
import type { Lineage } from '../../api/messages/path.ts';
import type { Preset } from '../../api/presets/preset.ts';
import type { Share } from '../../api/shares/share.ts';
import { date, integer, json, type Row, text, textOrNull } from '../../api/sqlite/columns.ts';
import { StoreUnopened } from '../../api/sqlite/errors.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';
import type { QuotaOverride } from '../../api/usage/quota.ts';
import type { UsageEntry } from '../../api/usage/usage.ts';

/** The start of a branch, stored with its first message. */
export interface ExportedBranch {
  readonly lineage: Lineage;
  /** Where it forks from another branch; null if it begins at a root. */
  readonly fork: { readonly branchId: string; readonly depth: number } | null;
}

export interface ExportedMessage {
  readonly message: Message;
  /** Set for the first message of a branch only. */
  readonly branch: ExportedBranch | null;
}

export interface ExportedAttachment {
  readonly attachment: Attachment;
  readonly text: string;
  /** Reads the file. Throws `FileUnusable`. */
  readonly readFile: () => Promise<Buffer>;
}

/** A file of an attachment that is missing or damaged. The message says which one and what to do. */
export class FileUnusable extends Error {
  override readonly name = 'FileUnusable';
}

export interface ExportedRows {
  readonly users: User;
  readonly sessions: Session;
  readonly apiKeys: ApiKey;
  readonly answerDefaults: AnswerDefaults;
  readonly collections: DocumentCollection;
  readonly folders: Folder;
  readonly conversations: Conversation;
  readonly messages: ExportedMessage;
  readonly attachments: ExportedAttachment;
  readonly generations: Generation;
  readonly shares: Share;
  readonly usage: UsageEntry;
  readonly quotas: QuotaOverride & { readonly id: string };
  readonly presets: Preset;
  readonly holds: LegalHold;
  readonly dockerRequests: DockerRequest;
  readonly healingAgents: HealingAgent;
  readonly healings: Healing;
  readonly batches: Batch;
  readonly batchItems: BatchItem;
  readonly batchFiles: BatchFile;
  readonly batchFileParts: BatchFilePart & { readonly id: string };
  readonly auditEvents: AuditEntry;
  /** At most one: the last removed entry. */
  readonly auditAnchor: ChainLink & { readonly id: string };
}

export type ExportedNoun = keyof ExportedRows;

/** The whole content of an embedded store, which no other process may use during the export. */
export interface SqliteExport {
  /** Identifies the installation, whatever is written to it; empty if it has no user. */
  readonly installation: string;
  /** Changes with every change of the content. */
  readonly state: string;
  /** Returns the number of rows; of sessions, those that have not expired at `now`. */
  count(noun: ExportedNoun, now: Date): number;
  /** Yields the rows with ids after `after` ('': all) by id; without sessions that have expired at `now`. */
  rows<Noun extends ExportedNoun>(noun: Noun, after: string, now: Date): AsyncIterable<ExportedRows[Noun]>;
  close(): Promise<void>;
}

/**
 * Opens the embedded store in `dataDir` for reading, after migrating it to this release's version. No server may use it
 * until it is closed.
 *
 * @throws StoreUnopened, also if there is none
 */
export const openSqliteExport = (dataDir: string): SqliteExport => {
  const path = join(dataDir, 'ziggie.sqlite');
  if (!existsSync(path)) {
    throw new StoreUnopened(
      `The data folder ${dataDir} contains no embedded store: set DATA_DIR to the folder that does.`,
    );
  }
  const stores = openSqliteStores({ dataDir });
  const connection = new DatabaseSync(path, { readOnly: true });
  const get = (sql: string, params: Record<string, string | number> = {}): Row =>
    connection.prepare(sql).get(params) ?? {};

  const branchOf = ({ id, branchId }: Message): ExportedBranch | null => {
    if (id !== branchId) return null;
    const row = get('SELECT * FROM branches WHERE id = :id', { id });
    const parent = textOrNull(row, 'parent_branch_id');
    return {
      lineage: json<Lineage>(row, 'lineage'),
      fork: parent === null ? null : { branchId: parent, depth: integer(row, 'parent_depth') },
    };
  };

  /** Reads through the stores: only they know what the columns mean. */
  const read: {
    readonly [Noun in ExportedNoun]: (row: Row, now: Date) => Promise<ExportedRows[Noun] | null>;
  } = {
    users: (row) => stores.accounts.findUser(text(row, 'id')),
    sessions: (row, now) => stores.accounts.findSession(text(row, 'id'), now),
    apiKeys: (row) => stores.apiKeys.find(text(row, 'user_id'), text(row, 'id')),
    async answerDefaults(row) {
      const [defaults] = await stores.answerDefaults.findMany(text(row, 'owner_id'), [text(row, 'id')]);
      return defaults ?? null;
    },
    async collections(row) {
      const [collection] = await stores.collections.findMany(text(row, 'owner_id'), [text(row, 'id')]);
      return collection ?? null;
    },
    folders: (row) => stores.folders.find(text(row, 'owner_id'), text(row, 'id')),
    conversations: (row) => stores.conversations.find(text(row, 'owner_id'), text(row, 'id')),
    async messages(row) {
      const message = await stores.messages.find(text(row, 'owner_id'), text(row, 'id'));
      return message && { message, branch: branchOf(message) };
    },
    async attachments(row) {
      const [ownerId, id] = [text(row, 'owner_id'), text(row, 'id')];
      const attachment = await stores.attachments.find(ownerId, id);
      return (
        attachment && {
          attachment,
          text: (await stores.attachments.text(ownerId, id)) ?? '',
          readFile: () => readFile(stores.attachmentFiles, attachment),
        }
      );
    },
    generations: (row) => stores.generations.findAnyOwner(text(row, 'id')),
    shares: (row) => stores.shares.find(text(row, 'owner_id'), text(row, 'id')),
    async quotas(row) {
      const id = text(row, 'id');
      const [own = null] = await stores.usage.quotasOf([id]);
      return own && { id, ...own };
    },
    async presets(row) {
      const [preset] = await stores.presets.findMany(text(row, 'owner_id'), [text(row, 'id')]);
      return preset ?? null;
    },
    holds: (row) => stores.holds.find(text(row, 'id')),
    dockerRequests: (row) => stores.dockerRequests.find(text(row, 'owner_id'), text(row, 'id')),
    healingAgents: (row) => stores.healings.findAgentAnyOwner(text(row, 'id')),
    healings: (row) => stores.healings.find(text(row, 'owner_id'), text(row, 'id')),
    batches: (row) => stores.batches.findAnyOwner(text(row, 'id')),
    async batchItems(row) {
      const [item] = await stores.batches.findItems(text(row, 'owner_id'), [text(row, 'id')]);
      return item ?? null;
    },
    batchFiles: (row) => stores.batchFiles.find(text(row, 'owner_id'), text(row, 'id')),
    async batchFileParts(row) {
      const [fileId, ownerId, number] = [text(row, 'file_id'), text(row, 'owner_id'), integer(row, 'number')];
      const content = await stores.batchFiles.part(ownerId, fileId, number);
      const createdAt = date(row, 'created_at');
      return content === null ? null : { id: text(row, 'id'), fileId, ownerId, number, content, createdAt };
    },
    async auditEvents(row) {
      const [entry] = await stores.audit.findMany([text(row, 'id')]);
      return entry ?? null;
    },
    auditAnchor: async (row) => ({ id: text(row, 'id'), ...(await stores.audit.anchor()) }),
    async usage(row) {
      const day = text(row, 'day');
      const entries = await stores.usage.ofOwner(text(row, 'owner_id'), day, day);
      return entries.find(({ model }) => model === text(row, 'model')) ?? null;
    },
  };

  return {
    installation: textOrNull(get('SELECT min(id) AS id FROM users'), 'id') ?? '',
    state: stateOf(connection),
    count(noun, now) {
      if (noun !== 'sessions') return integer(get(`SELECT count(*) AS rows FROM ${tables[noun]}`), 'rows');
      const sql = 'SELECT count(*) AS rows FROM sessions WHERE expires_at > :now';
      return integer(get(sql, { now: now.getTime() }), 'rows');
    },
    async *rows(noun, after, now) {
      const found = connection.prepare(
        `SELECT ${columns[noun]} FROM ${tables[noun]} WHERE id > :after ORDER BY id`,
      );
      for (const row of found.iterate({ after })) {
        const given = await read[noun](row, now);
        if (given !== null) yield given;
      }
    },
    async close() {
      connection.close();
      await stores.close();
    },
  };
};

const tables: Readonly<Record<ExportedNoun, string>> = {
  users: 'users',
  sessions: 'sessions',
  apiKeys: 'api_keys',
  answerDefaults: 'answer_defaults',
  collections: 'collections',
  folders: 'folders',
  conversations: 'conversations',
  messages: 'messages',
  attachments: 'attachments',
  generations: 'generations',
  shares: 'shares',
  usage: 'usage',
  quotas: 'quotas',
  presets: 'presets',
  holds: 'holds',
  dockerRequests: 'docker_requests',
  healingAgents: 'healing_agents',
  healings: 'healings',
  batches: 'batches',
  batchItems: 'batch_items',
  batchFiles: 'batch_files',
  batchFileParts: 'batch_file_parts',
  auditEvents: 'audit_events',
  auditAnchor: 'audit_anchor',
};

/** The columns that identify rows, without their texts. */
const columns: Readonly<Record<ExportedNoun, string>> = {
  users: 'id',
  sessions: 'id',
  apiKeys: 'id, user_id',
  answerDefaults: 'id, owner_id',
  collections: 'id, owner_id',
  folders: 'id, owner_id',
  conversations: 'id, owner_id',
  messages: 'id, owner_id',
  attachments: 'id, owner_id',
  generations: 'id',
  shares: 'id, owner_id',
  usage: 'id, owner_id, day, model',
  quotas: 'id',
  presets: 'id, owner_id',
  holds: 'id',
  dockerRequests: 'id, owner_id',
  healingAgents: 'id',
  healings: 'id, owner_id',
  batches: 'id',
  batchItems: 'id, owner_id',
  batchFiles: 'id, owner_id',
  batchFileParts: 'id, file_id, owner_id, number, created_at',
  auditEvents: 'id',
  auditAnchor: 'id',
};

/** Reads the file of an attachment, and compares it with the checksum. */
const readFile = async (
  files: AttachmentFiles,
  { id, name, fileKey, sha256 }: Attachment,
): Promise<Buffer> => {
  const unusable = (how: string) =>
    new FileUnusable(
      `The file of the attachment "${name}" (${id}) is ${how}: DATA_DIR/attachments/files/${fileKey}. Restore it from a backup, or start the server, delete the attachment and stop it, then run this again.`,
    );
  const bytes = await files
    .open(fileKey)
    .then(buffer)
    .catch((error: unknown) => {
      throw error instanceof Failure ? unusable('missing') : error;
    });
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw unusable('damaged');
  return bytes;
};

/** Returns a hash of all rows: counts and times may be equal after changes. */
const stateOf = (connection: DatabaseSync): string => {
  const hash = createHash('sha256');
  for (const table of [...Object.values(tables), 'branches', 'attachment_texts']) {
    for (const row of connection.prepare(`SELECT * FROM ${table} ORDER BY id`).iterate()) {
      hash.update(JSON.stringify(row));
    }
  }
  return hash.digest('hex');
};
