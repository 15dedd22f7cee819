import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useCancelGenerationMutation } from './__generated__/useCancelGenerationMutation.graphql.ts';

/**
 * Cancels generations on the server. `isStopping` is true from the click until all of them have ended. The stream
 * reports the end with the rest of the text, so the mutation fetches neither. `cancelIds` cancels others.
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
  const cancelIds = useCallback(
    (asked: readonly string[]) => {
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
    },
    [commit, notify],
  );
  const joined = ids.join(' ');
  const cancel = useCallback(() => cancelIds(joined === '' ? [] : joined.split(' ')), [cancelIds, joined]);
  return { cancel, cancelIds, isStopping: ids.length > 0 && ids.every((id) => stopped.includes(id)) };
};
