import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Folder } from '../folder.ts';
import type { Folders } from '../service.ts';
import type { FolderStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly folders: Folders;
  }
  interface Stores {
    readonly folders: FolderStore;
  }
  interface Loaders {
    readonly folder: DataLoader<string, Folder | null>;
  }
}

export const folderLoaders = (scope: LoaderScope): Pick<Loaders, 'folder'> => {
  const { services, viewer } = scope;
  return {
    folder: createRowLoader(scope, (ids) => services.stores.folders.findMany(viewer?.user.id ?? '', ids)),
  };
};
