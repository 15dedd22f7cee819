import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useCancelGenerationMutation } from './__generated__/useCancelGenerationMutation.graphql.ts';

/**
 * Cancels a generation on the server. `isStopping` is true from the click until the generation has ended. The stream
 * reports the end with the rest of the text, so the mutation fetches neither.
 */
export const useCancelGeneration = (id: string | null) => {
  const [commit] = useMutation<useCancelGenerationMutation>(graphql`
    mutation useCancelGenerationMutation($input: CancelGenerationInput!) {
      cancelGeneration(input: $input) {
        generation {
          id
        }
      }
    }
  `);
  const [stopped, setStopped] = useState<string | null>(null);
  const notify = useNotify();
  const cancel = useCallback(() => {
    if (id === null) return;
    setStopped(id);
    commit({
      variables: { input: { id } },
      onError: (error) => {
        setStopped(null);
        notify({ text: messageOf(error) });
      },
    });
  }, [commit, id, notify]);
  return { cancel, isStopping: id !== null && stopped === id };
};
