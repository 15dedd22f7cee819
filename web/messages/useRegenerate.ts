import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useRegenerateMutation } from './__generated__/useRegenerateMutation.graphql.ts';
import { focusComposer } from './messageFocus.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

/** Requests another answer to the same message. The previous one stays available. */
export const useRegenerate = (messageId: string) => {
  const [commit, isRegenerating] = useMutation<useRegenerateMutation>(graphql`
    mutation useRegenerateMutation($input: RegenerateInput!) {
      regenerate(input: $input) {
        conversation {
          id
          ...ConversationView_conversation
        }
      }
    }
  `);
  const notify = useNotify();
  const { keyFor, settled } = useIdempotencyKey();
  const { refused, isBarred } = useAllowance();
  const regenerate = useCallback(() => {
    if (isBarred()) return;
    commit({
      variables: { input: { messageId, idempotencyKey: keyFor(messageId) } },
      onCompleted: () => {
        settled();
        // The answer whose button was pressed has been replaced.
        focusComposer();
      },
      onError: (error) => {
        settled(error);
        refused(error);
        notify({ text: messageOf(error) });
      },
    });
  }, [commit, messageId, keyFor, settled, notify, refused, isBarred]);
  return { regenerate, isRegenerating };
};
