import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useContinueAnswerMutation } from './__generated__/useContinueAnswerMutation.graphql.ts';
import { focusComposer } from './messageFocus.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

/** Continues an answer in a new version that begins with its text. The original stays available. */
export const useContinueAnswer = (messageId: string) => {
  const [commit, isContinuing] = useMutation<useContinueAnswerMutation>(graphql`
    mutation useContinueAnswerMutation($input: ContinueAnswerInput!) {
      continueAnswer(input: $input) {
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
  const continueAnswer = useCallback(() => {
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
  return { continueAnswer, isContinuing };
};
