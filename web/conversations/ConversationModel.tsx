import { graphql, useFragment } from 'react-relay';
import { ModelPicker } from '../models/ModelPicker.tsx';
import type { ConversationModel_conversation$key } from './__generated__/ConversationModel_conversation.graphql.ts';
import type { ConversationModel_query$key } from './__generated__/ConversationModel_query.graphql.ts';
import { useUpdateConversation } from './useUpdateConversation.ts';

export interface ConversationModelProps {
  readonly query: ConversationModel_query$key;
  readonly conversation: ConversationModel_conversation$key;
}

/** Chooses the model of a conversation, which is stored with it. */
export const ConversationModel = ({ query: queryKey, conversation: key }: ConversationModelProps) => {
  const query = useFragment(
    graphql`
      fragment ConversationModel_query on Query {
        ...ModelPicker_query
      }
    `,
    queryKey,
  );
  const conversation = useFragment(
    graphql`
      fragment ConversationModel_conversation on Conversation {
        model
        ...useUpdateConversation_conversation
      }
    `,
    key,
  );
  const update = useUpdateConversation(conversation);
  return (
    <ModelPicker query={query} chosen={conversation.model ?? null} onChoose={(model) => update({ model })} />
  );
};
