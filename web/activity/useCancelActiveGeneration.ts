import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useCancelActiveGenerationMutation } from './__generated__/useCancelActiveGenerationMutation.graphql.ts';

/**
 * Stops the answer of any user. `isStopping` is true from the click on. `onStopped` is called when it is time to refetch
 * the list, from which the answer then disappears.
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
        notify({ text: messageOf(error) });
      },
    });
  }, [commit, id, notify, onStopped]);
  return { cancel, isStopping };
};
