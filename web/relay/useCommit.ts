import { useCallback } from 'react';
import { useMutation } from 'react-relay';
import type { GraphQLTaggedNode, MutationParameters } from 'relay-runtime';
import { useNotify } from '../ui/Notices.tsx';
import { wordsFor } from './failure.ts';

/** A mutation of which there is nothing to say but that it failed, in a notice. The second is whether it is under way. */
export const useCommit = <Mutation extends MutationParameters>(mutation: GraphQLTaggedNode) => {
  const [commit, isUnderWay] = useMutation<Mutation>(mutation);
  const notify = useNotify();
  const run = useCallback(
    (variables: Mutation['variables']) => {
      commit({ variables, onError: (error) => notify({ text: wordsFor(error) }) });
    },
    [commit, notify],
  );
  return [run, isUnderWay] as const;
};
