import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';
import { collectionLimits } from '../collection.ts';
import type { ChangedDocuments } from '../service.ts';
import { CollectionRef } from './collection.ts';

builder.relayMutationField(
  'removeDocuments',
  {
    description: 'The documents to remove.',
    inputFields: (t) => ({
      collectionId: t.id({ required: true, description: 'The id of the collection.' }),
      attachments: t.idList({
        required: true,
        description: 'The ids of documents of the collection.',
        bounds: { maxItems: collectionLimits.documents, maxLength: maxLengths.id },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description:
      'Removes documents from a collection of the viewer. Those that were sent in no message are permanently deleted.',
    resolve: async (_root, { input }, context): Promise<ChangedDocuments> => {
      const viewer = viewerOf(context);
      const id = decodeId('Collection', input.collectionId);
      const attachments = input.attachments.map((one) => decodeId('Attachment', one));
      return context.collections.removeDocuments(viewer, id, attachments);
    },
  },
  {
    description: 'The removed documents.',
    outputFields: (t) => ({
      collection: t.field({
        type: CollectionRef,
        description: 'The collection after the change.',
        resolve: ({ collection }: ChangedDocuments) => collection,
      }),
      removedDocumentIds: t.idList({
        description: 'The ids of the removed documents.',
        extensions: { maxItems: collectionLimits.documents },
        resolve: ({ documents }: ChangedDocuments) => documents.map(({ id }) => encodeId('Attachment', id)),
      }),
    }),
  },
);
