import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useDeleteUserMutation } from './__generated__/useDeleteUserMutation.graphql.ts';

export const useDeleteUser = (id: string) => {
  const [commit] = useMutation<useDeleteUserMutation>(graphql`
    mutation useDeleteUserMutation($input: DeleteUserInput!) {
      deleteUser(input: $input) {
        deletedUserId @deleteRecord
      }
    }
  `);
  const notify = useNotify();
  return useCallback(
    () =>
      void commit({
        variables: { input: { id } },
        onError: (error) => notify({ text: messageOf(error) }),
      }),
    [commit, id, notify],
  );
};
