import { graphql } from 'react-relay';
import { useAnswerMutation } from './useAnswerMutation.ts';

/** Continues an answer in a new version that begins with its text. The original stays available. */
export const useContinueAnswer = (messageId: string) => {
  const [continueAnswer, isContinuing] = useAnswerMutation(
    graphql`
      mutation useContinueAnswerMutation($input: ContinueAnswerInput!) {
        continueAnswer(input: $input) {
          conversation {
            id
            ...ConversationView_conversation
          }
        }
      }
    `,
    messageId,
  );
  return { continueAnswer, isContinuing };
};
