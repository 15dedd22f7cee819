import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import { forgetDrafts } from '../messages/drafts.ts';
import { messageOf } from '../relay/failure.ts';
import type { useDeleteAccountMutation } from './__generated__/useDeleteAccountMutation.graphql.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Deletes the account on the server, then drops everything of it in this tab. */
export const useDeleteAccount = () => {
  const [commit, isDeleting] = useMutation<useDeleteAccountMutation>(graphql`
    mutation useDeleteAccountMutation($input: DeleteAccountInput!) {
      deleteAccount(input: $input) {
        deletedUserId
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const renew = useRenewSession();
  const navigate = useNavigate();

  const deleteAccount = useCallback(
    (password: string | null) => {
      setProblem(null);
      commit({
        variables: { input: { password } },
        onCompleted: () => {
          forgetDrafts();
          void navigate('/login');
          renew();
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, renew, navigate],
  );
  return { deleteAccount, isDeleting, problem };
};
