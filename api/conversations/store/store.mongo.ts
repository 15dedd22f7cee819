import type { Filter } from 'mongodb';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { findOwned } from '../../mongo/findOwned.ts';
import { deleteConversation, deleteConversationUnlessHeld } from './deletion.mongo.ts';
import {
  type ConversationDocument,
  conversationChangesOf,
  conversationDocumentOf,
  conversationOf,
  isTemporary,
} from './documents.mongo.ts';
import { conversationPage } from './page.mongo.ts';
import type { ConversationStore } from './store.ts';
import { tagsOf } from './tags.mongo.ts';
import { mongoTitleStore } from './titles.mongo.ts';
import { unfileFromAbsent } from './unfile.mongo.ts';

export const mongoConversationStore = (run: RunMongo): ConversationStore => {
  const findMany = (ownerId: string, ids: readonly string[]) =>
    run(({ conversations }) =>
      findOwned(conversations, ownerId, ids, (document: ConversationDocument) =>
        conversationOf(document, ownerId),
      ),
    );
  const find = async (ownerId: string, id: string) => (await findMany(ownerId, [id]))[0] ?? null;

  return {
    ...mongoTitleStore(run),
    find,
    findMany,
    insert: (conversation, turn) =>
      run(async (collections) => {
        try {
          await collections.conversations.insertOne(conversationDocumentOf(conversation, turn));
          await unfileFromAbsent(collections, conversation);
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      }),
    page: (ownerId, page, filter) =>
      run((collections) => conversationPage(collections, ownerId, page, filter)),
    tagsOf: (ownerId, limit) => run((collections) => tagsOf(collections, ownerId, limit)),
    async update(ownerId, id, patch) {
      const changes = conversationChangesOf(id, patch);
      if (Object.keys(changes).length === 0) return find(ownerId, id);
      return run(async (collections) => {
        const changed = await collections.conversations.findOneAndUpdate(
          { _id: id, ownerId },
          // A title that a person gives ends the queueing of the model's.
          { $set: changes, ...(patch.autoTitled === false && { $unset: { titleDueAt: 1 } }) },
          { returnDocument: 'after' },
        );
        if (!changed) return null;
        const conversation = conversationOf(changed, ownerId);
        if (patch.folderId === undefined) return conversation;
        return (await unfileFromAbsent(collections, conversation))
          ? { ...conversation, folderId: null }
          : conversation;
      });
    },
    beginTurn: (ownerId, id, turn, isExclusive) =>
      run(async ({ conversations }) => {
        const others = { $elemMatch: { generationId: { $ne: turn.generationId } } };
        const free = isExclusive ? { leafId: turn.leafId, turns: { $not: others } } : {};
        const { matchedCount } = await conversations.updateOne(
          { _id: id, ownerId, ...free },
          { $push: { turns: turn } },
        );
        return matchedCount > 0;
      }),
    endTurn: (ownerId, id, turnId, end) =>
      run(async ({ conversations }) => {
        const without = async (
          where: Filter<ConversationDocument>,
          changes: Partial<ConversationDocument>,
        ) => {
          const changed = await conversations.findOneAndUpdate(
            { _id: id, ownerId, 'turns.id': turnId, ...where },
            { $pull: { turns: { id: turnId } }, ...(Object.keys(changes).length > 0 && { $set: changes }) },
            { returnDocument: 'after' },
          );
          return changed && conversationOf(changed, ownerId);
        };
        if (end === null) return without({}, {});
        const { from, ...patch } = end;
        const moved = await without(
          from === undefined ? {} : { leafId: from },
          conversationChangesOf(id, patch),
        );
        return moved ?? (from === undefined ? null : without({}, {}));
      }),
    turnsOf: (ownerId, id) =>
      run(async ({ conversations }) => {
        const found = await conversations.findOne({ _id: id, ownerId }, { projection: { turns: 1 } });
        return found?.turns ?? [];
      }),
    openTurnsAnyOwner: (before) =>
      run(async ({ conversations }) => {
        const found = await conversations
          .find({ 'turns.startedAt': { $lt: before } }, { projection: { ownerId: 1, turns: 1 } })
          .limit(100)
          .toArray();
        return found.flatMap(({ _id, ownerId, turns = [] }) =>
          turns
            .filter(({ startedAt }) => startedAt < before)
            // A conversation without an owner is being deleted.
            .flatMap((turn) => (ownerId === null ? [] : { ownerId, conversationId: _id, turn })),
        );
      }),
    unchangedSince: (ownerId, before, after, limit) =>
      run(async ({ conversations }) => {
        const later = after && {
          updatedAt: { $gte: after.updatedAt },
          $or: [{ updatedAt: { $gt: after.updatedAt } }, { _id: { $gt: after.id } }],
        };
        const found = await conversations
          .find(
            { ownerId, updatedAt: { $lt: before }, ...(later && { $and: [later] }) },
            { projection: { _id: 1, updatedAt: 1 } },
          )
          .sort({ updatedAt: 1, _id: 1 })
          .limit(limit)
          .toArray();
        return found.map(({ _id, updatedAt }) => ({ id: _id, updatedAt }));
      }),
    renew: (ownerId, id, expiresAt) =>
      run(async ({ conversations }) => {
        const changed = await conversations.findOneAndUpdate(
          { _id: id, ownerId, expiresAt: isTemporary },
          { $set: { expiresAt } },
          { returnDocument: 'after' },
        );
        return changed && conversationOf(changed, ownerId);
      }),
    expiredAnyOwner: (now, after, limit) =>
      run(async ({ conversations }) => {
        const later = after && {
          expiresAt: { $gte: after.expiresAt },
          $or: [{ expiresAt: { $gt: after.expiresAt } }, { _id: { $gt: after.id } }],
        };
        const found = await conversations
          .find(
            { expiresAt: { ...isTemporary, $lte: now }, ...(later && { $and: [later] }) },
            { projection: { _id: 1, ownerId: 1, expiresAt: 1 } },
          )
          .sort({ expiresAt: 1, _id: 1 })
          .limit(limit)
          .toArray();
        // A conversation without an owner is being deleted.
        return found.flatMap(({ _id, ownerId, expiresAt }) =>
          ownerId === null || !expiresAt ? [] : [{ id: _id, ownerId, expiresAt }],
        );
      }),
    delete: (ownerId, id) => run((collections) => deleteConversation(collections, ownerId, id)),
    deleteUnlessHeld: (ownerId, id) =>
      run((collections) => deleteConversationUnlessHeld(collections, ownerId, id)),
  };
};
