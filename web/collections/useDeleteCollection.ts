import { t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useDeleteCollectionMutation } from './__generated__/useDeleteCollectionMutation.graphql.ts';
import { collectionsPath } from './paths.ts';

/** Deletes a collection, and goes back to the list. */
export const useDeleteCollection = (id: string) => {
  const notify = useNotify();
  const navigate = useNavigate();
  const [commit, isDeleting] = useMutation<useDeleteCollectionMutation>(graphql`
    mutation useDeleteCollectionMutation($input: DeleteCollectionInput!) {
      deleteCollection(input: $input) {
        deletedCollectionId @deleteRecord
      }
    }
  `);
  const deleteCollection = useCallback(
    () =>
      commit({
        variables: { input: { id } },
        onCompleted: () => {
          notify({ text: t`Collection deleted.` });
          void navigate(collectionsPath);
        },
        onError: (error) => {
          const reason = messageOf(error);
          notify({ text: t`Not deleted: ${reason}` });
        },
      }),
    [commit, id, navigate, notify],
  );
  return { deleteCollection, isDeleting };
};
