import type { Collection, Db } from 'mongodb';
import type { LinkDocument, SessionDocument, UserDocument } from '../accounts/store/documents.mongo.ts';
import type { ApiKeyDocument } from '../apiKeys/documents.mongo.ts';
import type { AuditAnchorDocument, AuditDocument } from '../audit/store/documents.mongo.ts';
import type { ConversationDocument } from '../conversations/store/documents.mongo.ts';
import type { GenerationDocument } from '../generations/store/documents.mongo.ts';
import type { MessageDocument } from '../messages/documents.mongo.ts';
import type { StorageDocument } from '../usage/storage/storage.mongo.ts';
import type { QuotaDocument, UsageDocument } from '../usage/store/documents.mongo.ts';

/** A collection a noun; a document's `_id` is the row's id. */
export interface Collections {
  readonly users: Collection<UserDocument>;
  readonly sessions: Collection<SessionDocument>;
  readonly links: Collection<LinkDocument>;
  readonly apiKeys: Collection<ApiKeyDocument>;
  readonly conversations: Collection<ConversationDocument>;
  readonly messages: Collection<MessageDocument>;
  readonly generations: Collection<GenerationDocument>;
  readonly usage: Collection<UsageDocument>;
  readonly quotas: Collection<QuotaDocument>;
  readonly storage: Collection<StorageDocument>;
  readonly auditEvents: Collection<AuditDocument>;
  readonly auditAnchor: Collection<AuditAnchorDocument>;
}

export const collectionsOf = (database: Db): Collections => ({
  users: database.collection('users'),
  sessions: database.collection('sessions'),
  links: database.collection('links'),
  apiKeys: database.collection('apiKeys'),
  conversations: database.collection('conversations'),
  messages: database.collection('messages'),
  generations: database.collection('generations'),
  usage: database.collection('usage'),
  quotas: database.collection('quotas'),
  storage: database.collection('storage'),
  auditEvents: database.collection('auditEvents'),
  auditAnchor: database.collection('auditAnchor'),
});
