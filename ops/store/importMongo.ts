import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { Logger } from 'pino';
import { sessionDocumentOf, userDocumentOf } from '../../api/accounts/store/documents.mongo.ts';
import { answerDefaultsDocumentOf } from '../../api/answerDefaults/store/documents.mongo.ts';
import { apiKeyDocumentOf } from '../../api/apiKeys/documents.mongo.ts';
import { bucketKeyOf } from '../../api/attachments/files/bucketKey.ts';
import { gridFsAttachmentFiles, gridFsKeyOf } from '../../api/attachments/files/files.mongo.ts';
import { attachmentDocumentOf } from '../../api/attachments/store/documents.mongo.ts';
import { auditDocumentOf } from '../../api/audit/store/documents.mongo.ts';
import { batchFileDocumentOf, batchFilePartDocumentOf } from '../../api/batches/files/store/store.mongo.ts';
import { batchDocumentOf, itemDocumentOf } from '../../api/batches/store/documents.mongo.ts';
import { collectionDocumentOf } from '../../api/collections/store/documents.mongo.ts';
import { conversationDocumentOf } from '../../api/conversations/store/documents.mongo.ts';
import { dockerRequestDocumentOf } from '../../api/docker/store/documents.mongo.ts';
import { folderDocumentOf } from '../../api/folders/store/documents.mongo.ts';
import { generationDocumentOf } from '../../api/generations/store/documents.mongo.ts';
import { agentDocumentOf, healingDocumentOf } from '../../api/healing/store/documents.mongo.ts';
import { holdDocumentOf } from '../../api/holds/documents.mongo.ts';
import { messageDocumentOf } from '../../api/messages/documents.mongo.ts';
import { createMongoClient } from '../../api/mongo/client.ts';
import { collectionsOf } from '../../api/mongo/collections.ts';
import { prepare } from '../../api/mongo/prepare.ts';
import { presetDocumentOf } from '../../api/presets/store/documents.mongo.ts';
import { shareDocumentOf } from '../../api/shares/documents.mongo.ts';
import { mongoRepairs } from '../../api/stores/stores.mongo.ts';
import { usageDocumentOf } from '../../api/usage/store/documents.mongo.ts';
import type { ExportedAttachment, ExportedBranch, ExportedNoun, ExportedRows } from './exportSqlite.ts';

/** The source and the progress of a migration; at most one per database. */
interface TransferDocument {
  readonly _id: 'transfer';
  readonly installation: string;
  readonly state: string;
  /** Per noun, the id up to which all rows are written. */
  readonly reached: Partial<Record<ExportedNoun, string>>;
  readonly finishedAt: Date | null;
}

export type TransferStart =
  /** Continue after `reached`. `again`: the source has changed since the last attempt, so all rows are written again. */
  | { readonly is: 'begun'; readonly reached: TransferDocument['reached']; readonly again: boolean }
  | { readonly is: 'finished'; readonly at: Date }
  /** The database contains data of another installation. */
  | { readonly is: 'occupied' };

/** The MongoDB database to which an embedded installation is migrated. */
export interface MongoImport {
  readonly database: string;
  begin(installation: string, state: string): Promise<TransferStart>;
  /** Writes rows, replacing those with the same ids, and records that all up to `lastId` are written. */
  write<Noun extends ExportedNoun>(
    noun: Noun,
    rows: readonly ExportedRows[Noun][],
    lastId: string,
  ): Promise<void>;
  /** Returns the number of documents; of sessions, those that have not expired at `now`. */
  count(noun: ExportedNoun, now: Date): Promise<number>;
  finish(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects, and prepares the database for this release.
 *
 * @throws MongoUrlUnusable, NewerMongoStore, or the driver's own error if MongoDB is unavailable
 */
export const openMongoImport = async (url: string, log: Logger): Promise<MongoImport> => {
  const { client, database: name } = createMongoClient(url);
  const database = client.db(name);
  const collections = collectionsOf(database);
  const transfers = database.collection<TransferDocument>('transfers');
  const _id = 'transfer';
  try {
    await client.connect();
    await prepare(database, collections, mongoRepairs, log);
  } catch (error) {
    await client.close();
    throw error;
  }

  /** The collections, untyped. */
  const stored: Readonly<Record<ExportedNoun, Collection<StoredDocument>>> = {
    users: database.collection('users'),
    sessions: database.collection('sessions'),
    apiKeys: database.collection('apiKeys'),
    answerDefaults: database.collection('answerDefaults'),
    collections: database.collection('collections'),
    folders: database.collection('folders'),
    conversations: database.collection('conversations'),
    messages: database.collection('messages'),
    attachments: database.collection('attachments'),
    generations: database.collection('generations'),
    shares: database.collection('shares'),
    usage: database.collection('usage'),
    quotas: database.collection('quotas'),
    presets: database.collection('presets'),
    holds: database.collection('holds'),
    dockerRequests: database.collection('dockerRequests'),
    healingAgents: database.collection('healingAgents'),
    healings: database.collection('healings'),
    batches: database.collection('batches'),
    batchItems: database.collection('batchItems'),
    batchFiles: database.collection('batchFiles'),
    batchFileParts: database.collection('batchFileParts'),
    auditEvents: database.collection('auditEvents'),
    auditAnchor: database.collection('auditAnchor'),
  };
  const files = gridFsAttachmentFiles((operation) => operation(collections, database));

  /** Writes what an attachment refers to, so that an interruption leaves no attachment without it. */
  const writeContent = async ({ attachment, text, readFile }: ExportedAttachment): Promise<void> => {
    const { id: _id, ownerId, sha256 } = attachment;
    await collections.attachmentTexts.replaceOne({ _id }, { text }, { upsert: true });
    // What is in a bucket stays there.
    if (bucketKeyOf(attachment.fileKey) !== null) return;
    // An interrupted migration may have written it, wholly or in part.
    await files.delete([gridFsKeyOf(attachment)]);
    await files.write({ ownerId, id: _id, sha256 }, await readFile());
  };

  const isEmpty = async () =>
    (await stored.users.findOne({})) === null && (await stored.conversations.findOne({})) === null;

  return {
    database: name,
    async begin(installation, state) {
      const known = await transfers.findOne({ _id });
      if (known === null) {
        if (!(await isEmpty())) return { is: 'occupied' };
        await transfers.insertOne({ _id, installation, state, reached: {}, finishedAt: null });
        return { is: 'begun', reached: {}, again: false };
      }
      if (known.installation !== installation) return { is: 'occupied' };
      if (known.finishedAt !== null) return { is: 'finished', at: known.finishedAt };
      if (known.state === state) return { is: 'begun', reached: known.reached, again: false };
      await transfers.updateOne({ _id }, { $set: { state, reached: {} } });
      return { is: 'begun', reached: {}, again: true };
    },
    async write(noun, rows, lastId) {
      for (const row of rows) if ('readFile' in row) await writeContent(row);
      const writes: AnyBulkWriteOperation<StoredDocument>[] = rows.map((row) => {
        const { _id: id, ...replacement } = documentOf[noun](row);
        return { replaceOne: { filter: { _id: id }, replacement, upsert: true } };
      });
      await stored[noun].bulkWrite(writes, { ordered: false });
      await transfers.updateOne({ _id }, { $set: { [`reached.${noun}`]: lastId } });
    },
    count: (noun, now) => stored[noun].countDocuments(noun === 'sessions' ? { expiresAt: { $gt: now } } : {}),
    async finish() {
      await transfers.updateOne({ _id }, { $set: { finishedAt: new Date() } });
    },
    close: () => client.close(),
  };
};

/** A document of any noun. */
interface StoredDocument {
  readonly _id: string;
  readonly expiresAt?: Date | null;
}

const documentOf: {
  readonly [Noun in ExportedNoun]: (row: ExportedRows[Noun]) => StoredDocument;
} = {
  users: userDocumentOf,
  sessions: sessionDocumentOf,
  apiKeys: apiKeyDocumentOf,
  answerDefaults: answerDefaultsDocumentOf,
  collections: collectionDocumentOf,
  folders: folderDocumentOf,
  conversations: conversationDocumentOf,
  messages: ({ message, branch }) => messageDocumentOf(message, branch && branchFieldsOf(branch)),
  attachments: ({ attachment }) =>
    attachmentDocumentOf({
      ...attachment,
      fileKey: bucketKeyOf(attachment.fileKey) === null ? gridFsKeyOf(attachment) : attachment.fileKey,
    }),
  generations: generationDocumentOf,
  shares: shareDocumentOf,
  usage: usageDocumentOf,
  quotas: ({ id, ...quota }) => ({ _id: id, ...quota }),
  presets: presetDocumentOf,
  holds: holdDocumentOf,
  dockerRequests: dockerRequestDocumentOf,
  healingAgents: agentDocumentOf,
  healings: healingDocumentOf,
  batches: batchDocumentOf,
  batchItems: itemDocumentOf,
  batchFiles: batchFileDocumentOf,
  batchFileParts: ({ id: _, ...part }) => batchFilePartDocumentOf(part),
  auditEvents: auditDocumentOf,
  auditAnchor: ({ id, ...link }) => ({ _id: id, ...link }),
};

const branchFieldsOf = ({ lineage, fork }: ExportedBranch) => ({
  lineage,
  ...(fork && { forkedBranchId: fork.branchId, forkedDepth: fork.depth }),
});
