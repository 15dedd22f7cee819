import type DataLoader from 'dataloader';
import type { LoaderScope, Loaders } from '../../graph/context.ts';
import { createRowLoader } from '../../graph/loaders.ts';
import type { Conversation } from '../conversation.ts';
import type { Conversations } from '../service.ts';
import type { ConversationStore } from '../store/store.ts';

declare module '../../graph/context.ts' {
  interface Services {
    readonly conversations: Conversations;
  }
  interface Stores {
    readonly conversations: ConversationStore;
  }
  interface Loaders {
    readonly conversation: DataLoader<string, Conversation | null>;
  }
}

export const conversationLoaders = (scope: LoaderScope): Pick<Loaders, 'conversation'> => {
  const { services, viewer } = scope;
  return {
    conversation: createRowLoader(scope, (ids) =>
      services.stores.conversations.findMany(viewer?.user.id ?? '', ids),
    ),
  };
};
