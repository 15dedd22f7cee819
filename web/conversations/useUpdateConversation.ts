import { useCallback } from 'react';
import { graphql, useFragment, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useUpdateConversation_conversation$key } from './__generated__/useUpdateConversation_conversation.graphql.ts';
import type { useUpdateConversationMutation } from './__generated__/useUpdateConversationMutation.graphql.ts';
import { addToItsList } from './lists.ts';

export interface ConversationChanges {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
  readonly model?: string;
  readonly tags?: readonly string[];
}

/** Changes a conversation's title, pin, archive state, model or tags. Shows the change at once, and undoes it on an error. */
export const useUpdateConversation = (key: useUpdateConversation_conversation$key) => {
  const conversation = useFragment(
    graphql`
      fragment useUpdateConversation_conversation on Conversation {
        id
        title
        pinned
        archived
        model
        tags
        updatedAt
      }
    `,
    key,
  );
  const [commit] = useMutation<useUpdateConversationMutation>(graphql`
    mutation useUpdateConversationMutation($input: UpdateConversationInput!) @raw_response_type {
      updateConversation(input: $input) {
        conversation {
          ...useUpdateConversation_conversation
        }
      }
    }
  `);
  const notify = useNotify();
  return useCallback(
    (changes: ConversationChanges) => {
      commit({
        variables: { input: { id: conversation.id, ...changes } },
        optimisticResponse: {
          updateConversation: {
            conversation: {
              id: conversation.id,
              title: changes.title ?? conversation.title,
              pinned: changes.pinned ?? conversation.pinned,
              archived: changes.archived ?? conversation.archived,
              model: changes.model ?? conversation.model,
              tags: changes.tags ?? conversation.tags,
              updatedAt: conversation.updatedAt,
            },
          },
        },
        updater: (store) => addToItsList(store, conversation.id),
        onError: (error) => notify({ text: messageOf(error) }),
      });
    },
    [commit, conversation, notify],
  );
};
