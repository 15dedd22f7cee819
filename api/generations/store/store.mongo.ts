import type { Filter } from 'mongodb';
import { largestOf } from '../../budgets/holdingSource.ts';
import { hasConversation } from '../../conversations/store/deletion.mongo.ts';
import { notFound } from '../../errors/failures.ts';
import { indexMessage } from '../../messages/searchIndex.mongo.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { isDuplicate } from '../../mongo/errors.ts';
import { findOwned } from '../../mongo/findOwned.ts';
import { timedPage } from '../../mongo/page.ts';
import { type Generation, type GenerationPatch, isFinal } from '../generation.ts';
import { activePage, unfinished } from './activePage.mongo.ts';
import {
  type GenerationDocument,
  generationChangesOf,
  generationDocumentOf,
  generationOf,
  ownersKeyOf,
  type UnfinishedDocument,
  unfinishedFields,
  unfinishedGenerationOf,
} from './documents.mongo.ts';
import type { GenerationStore } from './store.ts';
import { concernsCalls, toolUseAfter } from './toolUseAfter.ts';
import { withWaitingCall } from './waitingCall.ts';

export const mongoGenerationStore = (run: RunMongo): GenerationStore => {
  const one = (filter: Filter<GenerationDocument>) =>
    run(async ({ generations }) => {
      const found = await generations.findOne(filter);
      return found && generationOf(found);
    });
  const unfinishedOf = (filter: Filter<GenerationDocument>, limit = 0) =>
    run(async ({ generations }) => {
      const found = await generations
        .find<UnfinishedDocument>({ ...filter, ...unfinished }, { projection: unfinishedFields })
        .sort({ createdAt: 1, _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(unfinishedGenerationOf);
    });
  const findByKey = (ownerId: string, key: string) => one({ ownersKey: ownersKeyOf(ownerId, key) });

  /** Finds an existing generation by this one's key, else by its id. */
  const findExisting = async ({ ownerId, id, idempotencyKey }: Generation) =>
    (idempotencyKey !== null && (await findByKey(ownerId, idempotencyKey))) || one({ _id: id, ownerId });

  return {
    insert: (generation) =>
      run(async (collections) => {
        try {
          await collections.generations.insertOne(generationDocumentOf(generation));
        } catch (error) {
          const existing = isDuplicate(error) ? await findExisting(generation) : null;
          if (existing === null) throw error;
          return existing;
        }
        const { id, ownerId, conversationId } = generation;
        if (conversationId === null || (await hasConversation(collections, ownerId, conversationId))) {
          return generation;
        }
        await collections.generations.deleteOne({ _id: id });
        throw notFound('conversation');
      }),
    find: (ownerId, id) => one({ _id: id, ownerId }),
    findMany: (ownerId, ids) =>
      run(({ generations }) =>
        findOwned(
          generations,
          ownerId,
          ids,
          (document: Omit<GenerationDocument, 'prompt'>) => generationOf({ ...document, prompt: null }),
          { prompt: 0 },
        ),
      ),
    findByIdempotencyKey: findByKey,
    unfinishedOfConversation: (ownerId, conversationId) => unfinishedOf({ conversationId, ownerId }),
    unfinishedConversations: (ownerId, conversationIds) =>
      run(async ({ generations }) => {
        const where = { conversationId: { $in: [...conversationIds] }, ownerId, ...unfinished };
        const found = await generations
          .find<Pick<GenerationDocument, 'conversationId'>>(where, { projection: { conversationId: 1 } })
          .toArray();
        return new Set(found.map(({ conversationId }) => String(conversationId)));
      }),
    unfinishedOfOwner: (ownerId) => unfinishedOf({ ownerId }, 100),
    pageOfOwner: (ownerId, page) =>
      run(({ generations }) => {
        const list = { collection: generations, where: { ownerId }, read: generationOf } as const;
        return timedPage({ ...list, order: 'ascending' }, page);
      }),
    remove: (ownerId, id) =>
      run(async ({ generations }) => {
        await generations.deleteOne({ _id: id, ownerId });
      }),
    deleteOfOwner: (ownerId) =>
      run(async ({ generations }) => {
        await generations.deleteMany({ ownerId });
      }),
    findAnyOwner: (id) => one({ _id: id }),
    activeAnyOwner: (page) => run((collections) => activePage(collections, page)),
    unfinishedPerOwner: (max) =>
      run(async ({ generations }) => {
        const found = await generations
          .aggregate<{ _id: string; amount: number }>([
            { $match: unfinished },
            { $group: { _id: '$ownerId', amount: { $sum: 1 } } },
          ])
          .toArray();
        return largestOf(
          found.map(({ _id, amount }) => ({ ownerId: _id, amount })),
          max,
        );
      }),
    unfinishedAnyOwner: () => unfinishedOf({}),
    async transition(id, from, patch, attempt) {
      const isInFrom: Filter<GenerationDocument> = {
        _id: id,
        status: { $in: [...from] },
        ...(attempt !== undefined && { attempt }),
      };
      if (Object.keys(patch).length === 0) return one(isInFrom);
      return run(async (collections) => {
        const { generations } = collections;
        const update = (filter: Filter<GenerationDocument>, changes: GenerationPatch) =>
          generations.findOneAndUpdate(
            filter,
            { $set: generationChangesOf(changes) },
            { returnDocument: 'after' },
          );
        const change = async () => {
          if (!concernsCalls(patch)) return update(isInFrom, patch);
          if (patch.toolUse === undefined) {
            // Most answers have no tools: nothing has to be read then.
            const changed = await update({ ...isInFrom, toolUse: { $exists: false } }, patch);
            if (changed) return changed;
          }
          for (;;) {
            const current = await generations.findOne(isInFrom);
            if (!current) return null;
            const before = current.toolUse;
            const toolUse = toolUseAfter(generationOf(current), patch);
            const unchanged = { ...isInFrom, toolUse: before === undefined ? { $exists: false } : before };
            const changed = await update(
              { ...unchanged, status: current.status },
              { ...patch, ...(toolUse && { toolUse }) },
            );
            if (changed) return changed;
          }
        };
        const changed = await change();
        if (changed === null) return null;
        const { messageId, status } = changed;
        if (messageId !== null && patch.status && isFinal(status)) {
          // The transition is done already. If indexing fails, the next start indexes the message.
          await indexMessage(collections, messageId).catch(() => {});
        }
        return generationOf(changed);
      });
    },
    changeWaitingCall: (ownerId, id, callId, patch, decidedAt) =>
      run(async ({ generations }) => {
        for (;;) {
          const current = await generations.findOne({ _id: id, ownerId });
          const before = current?.toolUse;
          const changed = current && withWaitingCall(generationOf(current), callId, patch, decidedAt);
          if (!changed || before === undefined) return null;
          // The same text as was read: else the call may have been decided since, or its generation may have ended.
          const unchanged = { _id: id, ownerId, status: 'RUNNING', toolUse: before } as const;
          const updated = await generations.findOneAndUpdate(
            unchanged,
            { $set: { toolUse: JSON.stringify(changed) } },
            { returnDocument: 'after' },
          );
          if (updated) return generationOf(updated);
        }
      }),
    usageOfConversation: (ownerId, conversationId) =>
      run(async ({ generations }) => {
        const [sums] = await generations
          .aggregate<{ promptTokens: number; completionTokens: number; durationMs: number }>([
            { $match: { conversationId, ownerId } },
            {
              $group: {
                _id: null,
                promptTokens: { $sum: '$usage.promptTokens' },
                completionTokens: { $sum: '$usage.completionTokens' },
                durationMs: { $sum: '$usage.durationMs' },
              },
            },
          ])
          .toArray();
        const { promptTokens = 0, completionTokens = 0, durationMs = 0 } = sums ?? {};
        return { promptTokens, completionTokens, durationMs };
      }),
  };
};
