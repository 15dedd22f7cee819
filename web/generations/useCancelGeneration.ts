import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useCancelGenerationMutation } from './__generated__/useCancelGenerationMutation.graphql.ts';

/**
 * Cancels generations on the server. `isStopping` is true from the click until all of them have ended. The stream
 * reports the end with the rest of the text, so the mutation fetches neither.
 */
export const useCancelGeneration = (ids: readonly string[]) => {
  const [commit] = useMutation<useCancelGenerationMutation>(graphql`
    mutation useCancelGenerationMutation($input: CancelGenerationInput!) {
      cancelGeneration(input: $input) {
        generation {
          id
        }
      }
    }
  `);
  const [stopped, setStopped] = useState<readonly string[]>([]);
  const notify = useNotify();
  const joined = ids.join(' ');
  const cancel = useCallback(() => {
    const asked = joined === '' ? [] : joined.split(' ');
    setStopped(asked);
    for (const id of asked) {
      commit({
        variables: { input: { id } },
        onError: (error) => {
          setStopped((before) => before.filter((other) => other !== id));
          notify({ text: messageOf(error) });
        },
      });
    }
  }, [commit, joined, notify]);
  return { cancel, isStopping: ids.length > 0 && ids.every((id) => stopped.includes(id)) };
};
