import { useCallback } from 'react';
import { type GraphQLTaggedNode, useMutation } from 'react-relay';
import type { MutationParameters } from 'relay-runtime';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import { focusComposer } from './messageFocus.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

interface AnswerMutation extends MutationParameters {
  readonly variables: { readonly input: { readonly messageId: string; readonly idempotencyKey: string } };
}

/**
 * A mutation that starts another version of the answer `messageId`. The conversation's path changes there, so it returns
 * its last page. Returns a function that runs it, and whether it runs.
 */
export const useAnswerMutation = (mutation: GraphQLTaggedNode, messageId: string) => {
  const [commit, isRunning] = useMutation<AnswerMutation>(mutation);
  const notify = useNotify();
  const { keyFor, settled } = useIdempotencyKey();
  const { refused, isBarred } = useAllowance();
  const run = useCallback(() => {
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
  return [run, isRunning] as const;
};
