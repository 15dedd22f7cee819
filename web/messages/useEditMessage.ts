import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import { useAnswerTools } from '../tools/AnswerTools.ts';
import type { useEditMessageMutation } from './__generated__/useEditMessageMutation.graphql.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

/**
 * Edits a message, whose new answer may call the chosen tools. The conversation's path changes there, so the mutation returns its
 * last page, which replaces the old one.
 */
export const useEditMessage = (messageId: string) => {
  const [commit, isSending] = useMutation<useEditMessageMutation>(graphql`
    mutation useEditMessageMutation($input: EditMessageInput!) {
      editMessage(input: $input) {
        conversation {
          id
          ...ConversationView_conversation
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const { keyFor, settled } = useIdempotencyKey();
  const { refused } = useAllowance();
  const tools = useAnswerTools();
  const editMessage = useCallback(
    (content: string, onSent: () => void) => {
      setProblem(null);
      commit({
        variables: {
          input: {
            messageId,
            content,
            idempotencyKey: keyFor(JSON.stringify([messageId, content, tools])),
            ...(tools.length > 0 && { tools }),
          },
        },
        onCompleted: () => {
          settled();
          onSent();
        },
        onError: (error) => {
          settled(error);
          if (!refused(error)) setProblem(messageOf(error));
        },
      });
    },
    [commit, messageId, tools, keyFor, settled, refused],
  );
  return { editMessage, isSending, problem };
};
