import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import { usePendingDeletions } from '../conversations/selection/pendingDeletions.tsx';
import { forgetDrafts } from '../messages/drafts.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useSignOutMutation } from './__generated__/useSignOutMutation.graphql.ts';
import { forgetSession } from './endedSession.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Signs out on the server, then drops everything of the session in this tab. */
export const useSignOut = () => {
  const [commit, isSigningOut] = useMutation<useSignOutMutation>(graphql`
    mutation useSignOutMutation($input: SignOutInput!) {
      signOut(input: $input) {
        clientMutationId
      }
    }
  `);
  const renew = useRenewSession();
  const navigate = useNavigate();
  const notify = useNotify();

  const { deleteNow } = usePendingDeletions();

  const signOut = useCallback(async () => {
    // Without the session, the server would reject them.
    await deleteNow();
    commit({
      variables: { input: {} },
      onCompleted: () => {
        forgetDrafts();
        forgetSession();
        void navigate('/login');
        renew();
      },
      onError: (error) => notify({ text: messageOf(error) }),
    });
  }, [commit, deleteNow, renew, navigate, notify]);
  return { signOut, isSigningOut };
};
