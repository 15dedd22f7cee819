import { useEffect, useState } from 'react';
import { graphql, requestSubscription, useRelayEnvironment } from 'react-relay';
import { refetchFoldersFor } from '../folders/refetchFolders.ts';
import { backoff } from '../relay/retryWait.ts';
import { useConnection } from '../session/SessionProvider.tsx';
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
  const connection = useConnection();
  const { hideDeleted } = usePendingDeletions();
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      retry = setTimeout(() => setFailures((count) => count + 1), backoff(failures + 2));
    };
    const subscribed = requestSubscription<useConversationChangesSubscription>(environment, {
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
      // The socket reconnects by itself; this error means that the server rejected this operation.
      onError: again,
      onCompleted: again,
    });
    if (failures > 0) connection.resubscribed();
    return () => {
      clearTimeout(retry);
      subscribed.dispose();
    };
  }, [environment, connection, failures, hideDeleted]);
};
