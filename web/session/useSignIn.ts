import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useLocation, useNavigate } from 'react-router';
import { messageOf } from '../relay/failure.ts';
import type { useSignInMutation } from './__generated__/useSignInMutation.graphql.ts';
import { returnTo } from './returnTo.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Signs in. The server sets a cookie that scripts can't read; what was read without it is dropped. */
export const useSignIn = () => {
  const [commit, isSigningIn] = useMutation<useSignInMutation>(graphql`
    mutation useSignInMutation($input: SignInInput!) {
      signIn(input: $input) {
        viewer {
          id
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const renew = useRenewSession();
  const navigate = useNavigate();
  const { search } = useLocation();

  const signIn = useCallback(
    (username: string, password: string) => {
      setProblem(null);
      commit({
        variables: { input: { username, password } },
        onCompleted: () => {
          renew();
          void navigate(returnTo(search), { replace: true });
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, renew, navigate, search],
  );
  return { signIn, isSigningIn, problem };
};
