import { AttachmentEdge, attachmentCursors } from '../../attachments/graph/attachment.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { collectionLimits } from '../collection.ts';
import type { ChangedDocuments } from '../service.ts';
import { CollectionRef } from './collection.ts';

builder.relayMutationField(
  'addDocuments',
  {
    description: 'The documents to add.',
    inputFields: (t) => ({
      collectionId: t.id({ required: true, description: 'The id of the collection.' }),
      attachments: t.idList({
        required: true,
        description: 'The ids of uploaded files of the viewer.',
        bounds: { maxItems: collectionLimits.documents, maxLength: maxLengths.id },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Adds uploaded files to a collection of the viewer. `BAD_USER_INPUT` for images and for documents of another collection, `CONFLICT` if the collection would have more than 100 documents.',
    resolve: async (_root, { input }, context): Promise<ChangedDocuments> => {
      const viewer = viewerOf(context);
      const id = decodeId('Collection', input.collectionId);
      const attachments = input.attachments.map((one) => decodeId('Attachment', one));
      return context.collections.addDocuments(viewer, id, attachments);
    },
  },
  {
    description: 'The added documents.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection after the change.',
        resolve: ({ collection }: ChangedDocuments) => collection,
      }),
      documentEdges: t.field({
        type: [AttachmentEdge],
        description: 'The edges of the documents in `Collection.documents`.',
        // For the cost of documents.
        extensions: { maxItems: collectionLimits.documents },
        resolve: ({ documents }: ChangedDocuments) =>
          documents.map((node) => ({ node, cursor: attachmentCursors.encode(node) })),
      }),
    }),
  },
);
