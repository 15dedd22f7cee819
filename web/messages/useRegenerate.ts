import { graphql } from 'react-relay';
import { useAnswerMutation } from './useAnswerMutation.ts';

/** Requests another answer to the same message. The previous one stays available. */
export const useRegenerate = (messageId: string) => {
  const [regenerate, isRegenerating] = useAnswerMutation(
    graphql`
      mutation useRegenerateMutation($input: RegenerateInput!) {
        regenerate(input: $input) {
          conversation {
            id
            ...ConversationView_conversation
          }
        }
      }
    `,
    messageId,
  );
  return { regenerate, isRegenerating };
};
