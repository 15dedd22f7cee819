import { useCallback, useState } from 'react';
import { useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import type { GraphQLTaggedNode, MutationParameters } from 'relay-runtime';
import { messageOf } from '../relay/failure.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Starts the app after a mutation that signs in, and drops what was read without the session. */
export const useEnter = <TMutation extends MutationParameters>(mutation: GraphQLTaggedNode) => {
  const [commit, isEntering] = useMutation<TMutation>(mutation);
  const [problem, setProblem] = useState<string | null>(null);
  const renew = useRenewSession();
  const navigate = useNavigate();

  const enter = useCallback(
    (variables: TMutation['variables']) => {
      setProblem(null);
      commit({
        variables,
        onCompleted: () => {
          renew();
          void navigate('/', { replace: true });
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, renew, navigate],
  );
  return { enter, isEntering, problem };
};
