import { graphql, useRelayEnvironment } from 'react-relay';
import { refetchFoldersFor } from '../folders/refetchFolders.ts';
import { useLiveUpdates } from '../session/useLiveUpdates.ts';
import type { useConversationChangesSubscription } from './__generated__/useConversationChangesSubscription.graphql.ts';
import { addNewMessages } from './addNewMessages.ts';
import { addToItsList, listId } from './lists.ts';
import { usePendingDeletions } from './selection/pendingDeletions.tsx';

const subscription = graphql`
  subscription useConversationChangesSubscription($lists: [ID!]!) {
    conversationChanged {
      kind
      conversationId
      conversation {
        id
        model
        temporary
        ...ConversationRow_conversation
      }
      conversationEdge @prependEdge(connections: $lists) {
        cursor
        node {
          id
          archived
          ...ConversationRows_conversations
        }
      }
      messageEdges {
        cursor
        node {
          id
          parent {
            id
          }
          ...ConversationView_message
        }
      }
    }
  }
`;

/** Keeps the list and all fetched conversations in sync with the viewer's other tabs and devices. */
export const useConversationChanges = (): void => {
  const environment = useRelayEnvironment();
  const { hideDeleted } = usePendingDeletions();
  useLiveUpdates<useConversationChangesSubscription>({
    subscription,
    variables: { lists: [listId()] },
    updater: (store, response) => {
      const change = response?.conversationChanged;
      if (change?.kind === 'DELETED') store.delete(change.conversationId);
      else if (change) addToItsList(store, change.conversationId);
      if (change?.kind === 'MESSAGES_ADDED') addNewMessages(store, change);
    },
    onNext: (response) => {
      const change = response?.conversationChanged;
      if (change?.kind === 'DELETED') hideDeleted(change.conversationId);
      else if (change) refetchFoldersFor(environment, change.conversationId);
    },
  });
};
