import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, timeCursors } from '../../paging/connections.ts';
import type { Folder } from '../folder.ts';
import { FolderRef } from './folder.ts';

export const FolderEdge = builder.edgeObject({
  type: FolderRef,
  name: 'FolderEdge',
  description: 'A folder in a list.',
});

const FolderConnection = builder.connectionObject(
  { type: FolderRef, name: 'FolderConnection', description: 'A page of folders, newest first.' },
  FolderEdge,
);

const cursors = timeCursors('folder');

export const folderEdge = (node: Folder) => ({ node, cursor: cursors.encode(node) });

builder.queryField('folders', (t) =>
  t.connection(
    {
      type: FolderRef,
      description: "The viewer's folders, newest first; at most 100.",
      resolve: async (_root, args, context) => {
        const page = await context.folders.page(viewerOf(context), pageRequest(args, cursors));
        return connectionOf(page, cursors, (folder) => folder);
      },
    },
    FolderConnection,
    FolderEdge,
  ),
);
