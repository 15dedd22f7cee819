import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { wordsFor } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useResetPasswordMutation } from './__generated__/useResetPasswordMutation.graphql.ts';

export const useResetPassword = (id: string) => {
  const [commit] = useMutation<useResetPasswordMutation>(graphql`
    mutation useResetPasswordMutation($input: ResetUserPasswordInput!) {
      resetUserPassword(input: $input) {
        path
      }
    }
  `);
  const [path, setPath] = useState<string | null>(null);
  const notify = useNotify();
  const reset = useCallback(
    () =>
      void commit({
        variables: { input: { id } },
        onCompleted: ({ resetUserPassword }) => setPath(resetUserPassword?.path ?? null),
        onError: (error) => notify({ text: wordsFor(error) }),
      }),
    [commit, id, notify],
  );
  const forget = useCallback(() => setPath(null), []);
  return { reset, path, forget };
};
