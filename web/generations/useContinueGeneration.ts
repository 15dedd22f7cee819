import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import type { useContinueGenerationMutation } from './__generated__/useContinueGenerationMutation.graphql.ts';

/** Continues an unfinished answer from its text so far. */
export const useContinueGeneration = (id: string) => {
  const [commit, isContinuing] = useMutation<useContinueGenerationMutation>(graphql`
    mutation useContinueGenerationMutation($input: ContinueGenerationInput!) {
      continueGeneration(input: $input) {
        generation {
          id
          status
          attempt
          queuePosition
          canContinue
          finishReason
          error {
            code
            message
          }
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const { refused, isBarred } = useAllowance();
  const continueGeneration = useCallback(() => {
    if (isBarred()) return;
    setProblem(null);
    commit({
      variables: { input: { id } },
      onError: (error) => {
        if (!refused(error)) setProblem(messageOf(error));
      },
    });
  }, [commit, id, refused, isBarred]);
  return { continueGeneration, isContinuing, problem };
};
