import { t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { fetchQuery, graphql, useMutation, useRelayEnvironment } from 'react-relay';
import type { useMissedConversationsQuery } from '../conversations/__generated__/useMissedConversationsQuery.graphql.ts';
import { missedConversations } from '../conversations/useMissedConversations.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useDeleteFolderMutation } from './__generated__/useDeleteFolderMutation.graphql.ts';

/** Deletes a folder, which is gone at once, then refetches the list: it has the folder's conversations. */
export const useDeleteFolder = (id: string) => {
  const environment = useRelayEnvironment();
  const notify = useNotify();
  const [commit] = useMutation<useDeleteFolderMutation>(graphql`
    mutation useDeleteFolderMutation($input: DeleteFolderInput!) @raw_response_type {
      deleteFolder(input: $input) {
        deletedFolderId @deleteRecord
      }
    }
  `);
  return useCallback(() => {
    const refetch = () =>
      fetchQuery<useMissedConversationsQuery>(environment, missedConversations, {}).subscribe({
        error: (error: Error) => notify({ text: messageOf(error) }),
      });
    commit({
      variables: { input: { id } },
      optimisticResponse: { deleteFolder: { deletedFolderId: id } },
      onCompleted: () => {
        notify({ text: t`Folder deleted. Its conversations are in no folder now.` });
        refetch();
      },
      onError: (error) => {
        const reason = messageOf(error);
        notify({ text: t`Not deleted: ${reason}` });
      },
    });
  }, [commit, environment, id, notify]);
};
