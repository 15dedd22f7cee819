import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Attachment } from '../attachment.ts';
import type { Attachments } from '../service.ts';
import type { AttachmentStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly attachments: Attachments;
  }
  interface Stores {
    readonly attachments: AttachmentStore;
  }
  interface Loaders {
    readonly attachment: DataLoader<string, Attachment | null>;
  }
}

export const attachmentLoaders = (scope: LoaderScope): Pick<Loaders, 'attachment'> => {
  const { services, viewer } = scope;
  return {
    attachment: createRowLoader(scope, (ids) =>
      services.stores.attachments.findMany(viewer?.user.id ?? '', ids),
    ),
  };
};
