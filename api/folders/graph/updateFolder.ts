import { maxChosenCollections } from '../../conversations/bounds.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import type { Folder } from '../folder.ts';
import { FolderRef, folderBounds } from './folder.ts';

interface Payload {
  readonly folder: Folder;
}

builder.relayMutationField(
  'updateFolder',
  {
    description: 'The changes. Omitted fields stay unchanged.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The id of the folder.' }),
      name: t.string({ description: 'The name.', bounds: folderBounds.name }),
      systemPrompt: t.string({
        description: 'The system prompt; null for none.',
        bounds: folderBounds.systemPrompt,
      }),
      collections: t.idList({
        description: 'The collections that the answers of its conversations search; null for none.',
        bounds: { maxItems: maxChosenCollections, maxLength: maxLengths.id },
      }),
    }),
  },
  {
    authScopes: { may: 'writeConversations' },
    description: 'Changes a folder. A new system prompt applies from the next answers on.',
    resolve: async (_root, { input }, context): Promise<Payload> => {
      const { id, name, systemPrompt, collections } = input;
      const patch = {
        ...(typeof name === 'string' && { name }),
        ...(systemPrompt !== undefined && { systemPrompt }),
        ...(collections !== undefined && {
          collectionIds: (collections ?? []).map((one) => decodeId('Collection', one)),
        }),
      };
      return { folder: await context.folders.update(viewerOf(context), decodeId('Folder', id), patch) };
    },
  },
  {
    description: 'The changed folder.',
    outputFields: (t) => ({
      folder: t.field({
        type: FolderRef,
        description: 'The folder after the change.',
        resolve: ({ folder }: Payload) => folder,
      }),
    }),
  },
);
