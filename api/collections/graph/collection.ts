import {
  AttachmentConnection,
  AttachmentEdge,
  AttachmentRef,
  attachmentCursors,
  IndexingStateRef,
} from '../../attachments/graph/attachment.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { UserRef } from '../../graph/user.ts';
import { connectionOf, pageRequest } from '../../paging/connections.ts';
import { type CollectionSummary, collectionLimits, type DocumentCollection } from '../collection.ts';

export const collectionBounds = {
  name: { maxLength: collectionLimits.name },
  description: { maxLength: collectionLimits.description },
} as const;

const noDocuments: CollectionSummary = { documents: 0, unsplit: 0, passages: 0, embedded: 0 };

const CollectionIndexingRef = builder.objectRef<CollectionSummary>('CollectionIndexing').implement({
  description: 'How far the passages of all documents of a collection are embedded, in the background.',
  fields: (t) => ({
    state: t.field({
      type: IndexingStateRef,
      description: 'The state of all documents together.',
      resolve: ({ unsplit, passages, embedded }) => {
        if (unsplit === 0 && passages === 0) return 'NONE';
        if (unsplit === 0 && embedded >= passages) return 'DONE';
        return embedded > 0 ? 'RUNNING' : 'WAITING';
      },
    }),
    done: t.exposeInt('embedded', { description: 'The number of embedded passages.' }),
    total: t.exposeInt('passages', {
      description: 'The number of passages, without those of documents whose text is not split yet.',
    }),
  }),
});

export const CollectionRef = builder.objectRef<DocumentCollection>('Collection');

builder.node(CollectionRef, {
  description:
    'A collection of documents. The answers of a conversation search the collections that it or its folder chooses.',
  id: { resolve: ({ id }) => id },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.collection.load(id)),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name.' }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    owner: t.field({
      type: UserRef,
      nullable: true,
      description: 'The owner; null for another user whom the viewer may not see.',
      resolve: ({ ownerId }, _args, { viewer, loaders }) =>
        ownerId === viewer?.user.id ? viewer.user : loaders.user.load(ownerId),
    }),
    sharedWithEveryone: t.exposeBoolean('isShared', {
      description: 'Whether all users may read and search it.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the collection was created.' }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the viewer may change the collection, and add documents.',
      resolve: (collection, _args, context) => context.collections.mayChange(viewerOf(context), collection),
    }),
    viewerCanDelete: t.boolean({
      description: 'Whether the viewer may delete the collection, and remove documents.',
      resolve: (collection, _args, context) => context.collections.mayDelete(viewerOf(context), collection),
    }),
    viewerCanShare: t.boolean({
      description: 'Whether the viewer may share the collection with everyone.',
      resolve: (collection, _args, context) => context.collections.mayShare(viewerOf(context), collection),
    }),
    viewerCanWithdraw: t.boolean({
      description: 'Whether the viewer may end the sharing with everyone.',
      resolve: (collection, _args, context) => context.collections.mayWithdraw(viewerOf(context), collection),
    }),
    documentCount: t.int({
      description: 'The number of documents.',
      resolve: async ({ id }, _args, { loaders }) =>
        (await loaders.collectionSummary.load(id))?.documents ?? 0,
    }),
    indexing: t.field({
      type: CollectionIndexingRef,
      description: 'How far its documents are embedded.',
      resolve: async ({ id }, _args, { loaders }) =>
        (await loaders.collectionSummary.load(id)) ?? noDocuments,
    }),
    documents: t.connection(
      {
        type: AttachmentRef,
        // A payload of an API key that may only write has the collection too.
        authScopes: { may: 'read' },
        description: `The documents, newest first; at most ${collectionLimits.documents}.`,
        resolve: async ({ id }, args, context) => {
          const request = pageRequest(args, attachmentCursors);
          const page = await context.collections.documents(viewerOf(context), id, request);
          return connectionOf(page, attachmentCursors, (row) => row);
        },
      },
      AttachmentConnection,
      AttachmentEdge,
    ),
  }),
});

builder.objectField(AttachmentRef, 'collection', (t) =>
  t.field({
    type: CollectionRef,
    nullable: true,
    description: 'The collection that the document is in; null for none.',
    resolve: ({ collectionId }, _args, { loaders }) =>
      collectionId === null ? null : loaders.collection.load(collectionId),
  }),
);
