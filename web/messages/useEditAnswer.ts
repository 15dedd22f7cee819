import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useEditAnswerMutation } from './__generated__/useEditAnswerMutation.graphql.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

/** Stores an edited version of an answer. The conversation's path changes there, so the mutation returns its last page. */
export const useEditAnswer = (messageId: string) => {
  const [commit, isSaving] = useMutation<useEditAnswerMutation>(graphql`
    mutation useEditAnswerMutation($input: EditAnswerInput!) {
      editAnswer(input: $input) {
        conversation {
          id
          ...ConversationView_conversation
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const { keyFor, settled } = useIdempotencyKey();
  const editAnswer = useCallback(
    (content: string, onSaved: () => void) => {
      setProblem(null);
      commit({
        variables: {
          input: { messageId, content, idempotencyKey: keyFor(JSON.stringify([messageId, content])) },
        },
        onCompleted: () => {
          settled();
          onSaved();
        },
        onError: (error) => {
          settled(error);
          setProblem(messageOf(error));
        },
      });
    },
    [commit, messageId, keyFor, settled],
  );
  return { editAnswer, isSaving, problem };
};
