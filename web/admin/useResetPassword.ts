import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useResetPasswordMutation } from './__generated__/useResetPasswordMutation.graphql.ts';

/** Creates a link for a user's new password, confirmed by the administrator's own password. */
export const useResetPassword = (id: string) => {
  const [commit, isResetting] = useMutation<useResetPasswordMutation>(graphql`
    mutation useResetPasswordMutation($input: ResetUserPasswordInput!) {
      resetUserPassword(input: $input) {
        path
      }
    }
  `);
  const [path, setPath] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reset = useCallback(
    (password: string | null) => {
      setProblem(null);
      commit({
        variables: { input: { id, password } },
        onCompleted: ({ resetUserPassword }) => setPath(resetUserPassword?.path ?? null),
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, id],
  );
  const forget = useCallback(() => {
    setPath(null);
    setProblem(null);
  }, []);
  return { reset, isResetting, path, problem, forget };
};
