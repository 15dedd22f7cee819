import { builder } from '../../graph/builder.ts';
import { encodeId } from '../../graph/globalIds.ts';
import type { FolderChange } from '../topics.ts';
import { FolderRef } from './folder.ts';
import { FolderEdge, folderEdge } from './folders.ts';

const FolderChangeKind = builder.enumType('FolderChangeKind', {
  description: 'The kind of a change.',
  values: {
    CREATED: { description: 'The folder was created.' },
    UPDATED: { description: 'The name or the system prompt was changed.' },
    DELETED: { description: 'The folder was deleted. Its conversations are in no folder since.' },
  },
});

export const FolderChangeRef = builder.objectRef<FolderChange>('FolderChange').implement({
  description: "A change to one of the viewer's folders.",
  fields: (t) => ({
    kind: t.field({
      type: FolderChangeKind,
      description: 'The kind of the change.',
      resolve: ({ kind }) => kind,
    }),
    folderId: t.id({
      description: 'The id of the folder.',
      resolve: ({ folderId }) => encodeId('Folder', folderId),
    }),
    folder: t.field({
      type: FolderRef,
      nullable: true,
      description: 'The folder after the change; null if it was deleted.',
      resolve: ({ folderId }, _args, { loaders }) => loaders.folder.load(folderId),
    }),
    folderEdge: t.field({
      type: FolderEdge,
      nullable: true,
      description: 'The edge of the folder in `folders`; null if it was deleted.',
      resolve: async ({ folderId }, _args, { loaders }) => {
        const folder = await loaders.folder.load(folderId);
        return folder && folderEdge(folder);
      },
    }),
  }),
});
