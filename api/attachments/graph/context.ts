import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Attachment } from '../attachment.ts';
import type { Indexing } from '../passages/passage.ts';
import type { PassageStore } from '../passages/store/store.ts';
import type { Attachments } from '../service.ts';
import type { AttachmentStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly attachments: Attachments;
  }
  interface Stores {
    readonly passages: PassageStore;
    readonly attachments: AttachmentStore;
  }
  interface Loaders {
    readonly indexing: DataLoader<string, Indexing | null>;
    readonly attachment: DataLoader<string, Attachment | null>;
  }
}

export const attachmentLoaders = (scope: LoaderScope): Pick<Loaders, 'attachment' | 'indexing'> => {
  const { services, viewer } = scope;
  return {
    indexing: createRowLoader(scope, (ids) => services.stores.passages.indexing(viewer?.user.id ?? '', ids)),
    attachment: createRowLoader(scope, (ids) =>
      services.stores.attachments.findMany(viewer?.user.id ?? '', ids),
    ),
  };
};
