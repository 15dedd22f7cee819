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

/** Keeps the folders in sync with the viewer's other tabs and devices. Missed changes come with the missed conversations. */
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
      // The conversations of a deleted folder are in no folder since, so the list has them.
      if (response?.folderChanged?.kind !== 'DELETED') return;
      fetchQuery<useMissedConversationsQuery>(environment, missedConversations, {}).subscribe({
        error: () => {},
      });
    },
  });
};
