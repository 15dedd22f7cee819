import type { Collection, Db } from 'mongodb';
import type { SessionDocument, UserDocument } from '../accounts/documents.mongo.ts';
import type { ConversationDocument } from '../conversations/documents.mongo.ts';
import type { GenerationDocument } from '../generations/documents.mongo.ts';
import type { MessageDocument } from '../messages/documents.mongo.ts';

/** A collection a noun; a document's `_id` is the row's id. */
export interface Collections {
  readonly users: Collection<UserDocument>;
  readonly sessions: Collection<SessionDocument>;
  readonly conversations: Collection<ConversationDocument>;
  readonly messages: Collection<MessageDocument>;
  readonly generations: Collection<GenerationDocument>;
}

export const collectionsOf = (database: Db): Collections => ({
  users: database.collection('users'),
  sessions: database.collection('sessions'),
  conversations: database.collection('conversations'),
  messages: database.collection('messages'),
  generations: database.collection('generations'),
});
