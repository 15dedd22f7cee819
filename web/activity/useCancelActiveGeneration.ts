import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { wordsFor } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useCancelActiveGenerationMutation } from './__generated__/useCancelActiveGenerationMutation.graphql.ts';

/**
 * Stops anybody's answer. `isStopping` holds from the click on: the list tells when it is gone, and `onStopped` when to
 * look.
 */
export const useCancelActiveGeneration = (id: string, onStopped: () => void) => {
  const [commit] = useMutation<useCancelActiveGenerationMutation>(graphql`
    mutation useCancelActiveGenerationMutation($input: CancelActiveGenerationInput!) {
      cancelActiveGeneration(input: $input) {
        cancelledGenerationId
      }
    }
  `);
  const [isStopping, setStopping] = useState(false);
  const notify = useNotify();
  const cancel = useCallback(() => {
    setStopping(true);
    commit({
      variables: { input: { id } },
      onCompleted: onStopped,
      onError: (error) => {
        setStopping(false);
        notify({ text: wordsFor(error) });
      },
    });
  }, [commit, id, notify, onStopped]);
  return { cancel, isStopping };
};
