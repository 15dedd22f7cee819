import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { DocumentCollection } from '../collection.ts';
import { CollectionRef } from './collection.ts';

export const CollectionEdge = builder.edgeObject({
  type: CollectionRef,
  name: 'CollectionEdge',
  description: 'A collection in a list.',
});

const CollectionConnection = builder.connectionObject(
  { type: CollectionRef, name: 'CollectionConnection', description: 'A page of collections, newest first.' },
  CollectionEdge,
);

const cursors = timeCursors('collection');

export const collectionEdge = (node: DocumentCollection) => ({ node, cursor: cursors.encode(node) });

builder.queryField('collections', (t) =>
  t.connection(
    {
      type: CollectionRef,
      description: "The viewer's collections, and those that are shared with everyone, newest first.",
      resolve: async (_root, args, context) => {
        const page = await context.collections.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (collection) => collection);
      },
    },
    CollectionConnection,
    CollectionEdge,
  ),
);
