import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { wordsFor } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useRevokeInviteMutation } from './__generated__/useRevokeInviteMutation.graphql.ts';

export const useRevokeInvite = (id: string) => {
  const [commit, isRevoking] = useMutation<useRevokeInviteMutation>(graphql`
    mutation useRevokeInviteMutation($input: RevokeInviteInput!) {
      revokeInvite(input: $input) {
        deletedInviteId @deleteRecord
      }
    }
  `);
  const notify = useNotify();
  const revoke = useCallback(
    () =>
      commit({
        variables: { input: { id } },
        onError: (error) => notify({ text: wordsFor(error) }),
      }),
    [commit, id, notify],
  );
  return { revoke, isRevoking };
};
