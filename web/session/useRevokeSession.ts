import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { wordsFor } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useRevokeSessionMutation } from './__generated__/useRevokeSessionMutation.graphql.ts';

export const useRevokeSession = (id: string) => {
  const [commit, isRevoking] = useMutation<useRevokeSessionMutation>(graphql`
    mutation useRevokeSessionMutation($input: RevokeSessionInput!) {
      revokeSession(input: $input) {
        deletedSessionId @deleteRecord
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
