import type { Ask } from '../mongo/connection.ts';
import { isDuplicate } from '../mongo/errors.ts';
import { findOwned } from '../mongo/found.ts';
import { deleteConversation } from './deletion.mongo.ts';
import {
  type ConversationDocument,
  conversationChangesOf,
  conversationDocumentOf,
  conversationOf,
} from './documents.mongo.ts';
import { conversationPage } from './page.mongo.ts';
import type { ConversationStore } from './store.ts';

export const mongoConversationStore = (ask: Ask): ConversationStore => {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    ask(({ conversations }) =>
      findOwned(conversations, ownerId, ids, (document: ConversationDocument) =>
        conversationOf(document, ownerId),
      ),
    );
  const find = async (ownerId: string, id: string) => (await findMany(ownerId, [id]))[0] ?? null;

  return {
    find,
    findMany,
    insert: (conversation) =>
      ask(async ({ conversations }) => {
        try {
          await conversations.insertOne(conversationDocumentOf(conversation));
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      }),
    page: (ownerId, page, filter) =>
      ask((collections) => conversationPage(collections, ownerId, page, filter)),
    async update(ownerId, id, patch) {
      const changes = conversationChangesOf(id, patch);
      if (Object.keys(changes).length === 0) return find(ownerId, id);
      return ask(async ({ conversations }) => {
        const changed = await conversations.findOneAndUpdate(
          { _id: id, ownerId },
          { $set: changes },
          { returnDocument: 'after' },
        );
        return changed && conversationOf(changed, ownerId);
      });
    },
    delete: (ownerId, id) => ask((collections) => deleteConversation(collections, ownerId, id)),
  };
};
