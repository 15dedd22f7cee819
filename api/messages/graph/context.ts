import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Message } from '../message.ts';
import type { Messages } from '../service.ts';
import type { MessageStore } from '../store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly messages: Messages;
  }
  interface Stores {
    readonly messages: MessageStore;
  }
  interface Loaders {
    readonly message: DataLoader<string, Message | null>;
  }
}

export const messageLoaders = (scope: LoaderScope): Pick<Loaders, 'message'> => {
  const { services, viewer } = scope;
  return {
    message: createRowLoader(scope, (ids) => services.stores.messages.findMany(viewer?.user.id ?? '', ids)),
  };
};
