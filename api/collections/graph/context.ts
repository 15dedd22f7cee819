import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { CollectionSummary, DocumentCollection } from '../collection.ts';
import type { DocumentCollections } from '../service.ts';
import type { CollectionStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly collections: DocumentCollections;
  }
  interface Stores {
    readonly collections: CollectionStore;
  }
  interface Loaders {
    /** Collections that the viewer may see. */
    readonly collection: DataLoader<string, DocumentCollection | null>;
    readonly collectionSummary: DataLoader<string, CollectionSummary | null>;
  }
}

export const collectionLoaders = (scope: LoaderScope): Pick<Loaders, 'collection' | 'collectionSummary'> => {
  const { services, viewer } = scope;
  const { collections } = services.stores;
  const readerId = viewer?.user.id ?? '';
  return {
    collection: createRowLoader(scope, (ids) => collections.findMany(readerId, ids)),
    collectionSummary: createRowLoader(scope, (ids) => collections.summaries(readerId, ids)),
  };
};
