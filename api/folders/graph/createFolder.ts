import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import type { Folder } from '../folder.ts';
import { FolderRef, folderBounds } from './folder.ts';
import { FolderEdge, folderEdge } from './folders.ts';

interface Payload {
  readonly folder: Folder;
}

builder.relayMutationField(
  'createFolder',
  {
    description: 'The folder to create.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'The name.', bounds: folderBounds.name }),
      systemPrompt: t.string({
        description: 'The system prompt of the conversations in it that have none of their own.',
        bounds: folderBounds.systemPrompt,
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Creates a folder for conversations. `CONFLICT` if the viewer has 100 already.',
    resolve: async (_root, { input }, context): Promise<Payload> => ({
      folder: await context.folders.create(viewerOf(context), {
        name: input.name,
        systemPrompt: input.systemPrompt ?? null,
      }),
    }),
  },
  {
    description: 'The created folder.',
    outputFields: (t) => ({
      folder: t.field({
        type: FolderRef,
        description: 'The folder.',
        resolve: ({ folder }: Payload) => folder,
      }),
      folderEdge: t.field({
        type: FolderEdge,
        description: 'The edge of the folder in `folders`.',
        resolve: ({ folder }: Payload) => folderEdge(folder),
      }),
    }),
  },
);
