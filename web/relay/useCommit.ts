import { useCallback } from 'react';
import { useMutation } from 'react-relay';
import type { GraphQLTaggedNode, MutationParameters } from 'relay-runtime';
import { useNotify } from '../ui/Notices.tsx';
import { messageOf } from './failure.ts';

/** Returns a mutation that reports only its failure, in a notice, and whether it is in flight. */
export const useCommit = <Mutation extends MutationParameters>(mutation: GraphQLTaggedNode) => {
  const [commit, isUnderWay] = useMutation<Mutation>(mutation);
  const notify = useNotify();
  const run = useCallback(
    (variables: Mutation['variables']) => {
      commit({ variables, onError: (error) => notify({ text: messageOf(error) }) });
    },
    [commit, notify],
  );
  return [run, isUnderWay] as const;
};
