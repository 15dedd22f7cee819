import type { Filter } from 'mongodb';
import type { Collections } from '../../mongo/collections.ts';
import type { RunMongo } from '../../mongo/connection.ts';
import { findOwned } from '../../mongo/findOwned.ts';
import { inNoConversation } from '../../mongo/hiddenAttachments.ts';
import { timedPage } from '../../mongo/page.ts';
import { readWithin } from '../../mongo/readWithin.ts';
import { requireAll } from '../../paging/pageSize.ts';
import type { Attachment } from '../attachment.ts';
import { deletePassages } from '../passages/store/store.mongo.ts';
import { readableBy } from '../rights/readable.mongo.ts';
import { type AttachmentDocument, attachmentDocumentOf, attachmentOf } from './documents.mongo.ts';
import type { AttachmentStore } from './store.ts';

/** A text is written before its attachment and deleted after it, so an attachment is never without its text. */
export const mongoAttachmentStore = (run: RunMongo): AttachmentStore => {
  const findMany = ({ attachments }: Collections, ownerId: string, ids: readonly string[]) =>
    findOwned(attachments, ownerId, ids, attachmentOf);

  const deleteOne = async (
    { attachments, attachmentTexts, passages }: Collections,
    where: Filter<AttachmentDocument> & { readonly _id: string },
  ): Promise<Attachment | null> => {
    const deleted = await attachments.findOneAndDelete(where);
    if (deleted) await attachmentTexts.deleteOne({ _id: where._id });
    if (deleted) await deletePassages({ passages }, [where._id]);
    return deleted && attachmentOf(deleted);
  };

  return {
    insert: (attachment, text) =>
      run(async ({ attachments, attachmentTexts }) => {
        await attachmentTexts.insertOne({ _id: attachment.id, text });
        await attachments.insertOne(attachmentDocumentOf(attachment));
      }),
    find: (ownerId, id) =>
      run(async (collections) => (await findMany(collections, ownerId, [id]))[0] ?? null),
    findMany: (ownerId, ids) => run((collections) => findMany(collections, ownerId, ids)),
    text: (ownerId, id) =>
      run(async (collections) => {
        const [found] = await findMany(collections, ownerId, [id]);
        if (!found) return null;
        return (await collections.attachmentTexts.findOne({ _id: id }))?.text ?? null;
      }),
    findReadable: (readerId, ids) =>
      run(async (collections) => {
        const { attachments } = collections;
        const filter = { _id: { $in: [...new Set(ids)] }, ...(await readableBy(collections, readerId)) };
        const found = requireAll(await readWithin(attachments.find(filter)));
        const byId = new Map(found.map((document) => [document._id, attachmentOf(document)]));
        return ids.map((id) => byId.get(id) ?? null);
      }),
    readableText: (readerId, id) =>
      run(async (collections) => {
        const filter = { _id: id, ...(await readableBy(collections, readerId)) };
        const found = await collections.attachments.findOne(filter, { projection: { _id: 1 } });
        return found && ((await collections.attachmentTexts.findOne({ _id: id }))?.text ?? null);
      }),
    pageOfCollection: (readerId, collectionId, page) =>
      run(async (collections) => {
        const where = { collectionId, ...(await readableBy(collections, readerId)) };
        const list = { collection: collections.attachments, where, read: attachmentOf };
        return timedPage({ ...list, order: 'descending' }, page);
      }),
    page: (ownerId, page) =>
      run(({ attachments }) =>
        timedPage(
          { collection: attachments, where: { ownerId }, order: 'descending', read: attachmentOf },
          page,
        ),
      ),
    assign: (ownerId, ids, conversationId) =>
      run(async ({ attachments }) => {
        await attachments.updateMany(
          { _id: { $in: [...ids] }, ownerId, conversationId: inNoConversation },
          { $set: { conversationId } },
        );
      }),
    fileKeysOfConversation: (ownerId, conversationId) =>
      run(async ({ attachments }) => {
        const found = await attachments
          .find({ conversationId, ownerId }, { projection: { fileKey: 1 } })
          .toArray();
        return found.map(({ fileKey }) => fileKey);
      }),
    delete: (ownerId, id) => run((collections) => deleteOne(collections, { _id: id, ownerId })),
    deleteUnsent: (ownerId, id) =>
      run((collections) =>
        deleteOne(collections, { _id: id, ownerId, conversationId: null, collectionId: null }),
      ),
    deleteOfOwner: (ownerId) =>
      run(async ({ attachments, attachmentTexts, passages }) => {
        const hidden = { ownerId: null, formerOwnerId: ownerId };
        const found = await attachments
          .find({ $or: [{ ownerId }, hidden] }, { projection: { fileKey: 1 } })
          .toArray();
        const ids = found.map(({ _id }) => _id);
        await attachmentTexts.deleteMany({ _id: { $in: ids } });
        await attachments.deleteMany({ _id: { $in: ids } });
        await passages.deleteMany({ ownerId });
        return found.map(({ fileKey }) => fileKey);
      }),
    unsentAnyOwner: (before, after) =>
      run(async ({ attachments }) => {
        const later = after && {
          createdAt: { $gte: after.createdAt },
          $or: [{ createdAt: { $gt: after.createdAt } }, { _id: { $gt: after.id } }],
        };
        const found = await attachments
          .find({
            conversationId: null,
            collectionId: null,
            createdAt: { $lt: before },
            ...(later && { $and: [later] }),
          })
          .sort({ createdAt: 1, _id: 1 })
          .limit(100)
          .toArray();
        return found.map(attachmentOf);
      }),
    usedFileKeys: (fileKeys) =>
      run(async ({ attachments }) => {
        const found = await attachments
          .find({ fileKey: { $in: [...fileKeys] } }, { projection: { fileKey: 1 } })
          .toArray();
        return [...new Set(found.map(({ fileKey }) => fileKey))];
      }),
  };
};
