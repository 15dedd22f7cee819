import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { useMissedConversationsQuery } from '../conversations/__generated__/useMissedConversationsQuery.graphql.ts';
import { missedConversations } from '../conversations/useMissedConversations.ts';
import { useLiveUpdates } from '../session/useLiveUpdates.ts';
import type { useFolderChangesSubscription } from './__generated__/useFolderChangesSubscription.graphql.ts';
import { foldersId } from './lists.ts';

const subscription = graphql`
  subscription useFolderChangesSubscription($lists: [ID!]!) {
    folderChanged {
      kind
      folderId
      folder {
        id
        name
        ...FolderGroup_folder
      }
      folderEdge @prependEdge(connections: $lists) {
        cursor
        node {
          id
          name
          ...FolderGroup_folder
        }
      }
    }
  }
`;

/** Keeps the folders in sync with the viewer's other tabs and devices. `useMissedConversations` refetches what was missed. */
export const useFolderChanges = (): void => {
  const environment = useRelayEnvironment();
  useLiveUpdates<useFolderChangesSubscription>({
    subscription,
    variables: { lists: [foldersId()] },
    updater: (store, response) => {
      const change = response?.folderChanged;
      if (change?.kind === 'DELETED') store.delete(change.folderId);
    },
    onNext: (response) => {
      // Deleting a folder moves its conversations to the list, which has to be fetched again.
      if (response?.folderChanged?.kind !== 'DELETED') return;
      fetchQuery<useMissedConversationsQuery>(environment, missedConversations, {}).subscribe({
        error: () => {},
      });
    },
  });
};
