import type { Db } from 'mongodb';

/**
 * The collections of the database. A document's `_id` is the row's id. Each noun declares its collections beside its
 * documents (`documents.mongo.ts`) by declaration merging, so this folder imports no noun.
 */
// biome-ignore lint/suspicious/noEmptyInterface: nouns extend it
export interface Collections {}

const names: readonly (keyof Collections)[] = [
  'users',
  'sessions',
  'links',
  'apiKeys',
  'conversations',
  'messages',
  'generations',
  'folders',
  'collections',
  'answerDefaults',
  'shares',
  'usage',
  'quotas',
  'storage',
  'auditEvents',
  'auditAnchor',
  'attachments',
  'attachmentTexts',
  'attachmentParts',
  'passages',
  'presets',
  'holds',
  'dockerRequests',
  'healingAgents',
  'healings',
  'batches',
  'batchItems',
  'batchFiles',
  'batchFileParts',
];

export const collectionsOf = (database: Db): Collections =>
  Object.fromEntries(names.map((name) => [name, database.collection(name)])) as unknown as Collections;
