import { t } from '@lingui/core/macro';
import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { addToItsList } from '../conversations/lists.ts';
import { focusComposer } from '../messages/messageFocus.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useKeepConversationMutation } from './__generated__/useKeepConversationMutation.graphql.ts';

/** Makes a temporary conversation a normal one, which the list then has. */
export const useKeepConversation = (id: string) => {
  const [commit, isKeeping] = useMutation<useKeepConversationMutation>(graphql`
    mutation useKeepConversationMutation($input: UpdateConversationInput!) {
      updateConversation(input: $input) {
        conversation {
          id
          archived
          temporary
          expiresAt
          tags
          ...ConversationPage_conversation
          ...ConversationRows_conversations
        }
      }
    }
  `);
  const notify = useNotify();
  const keep = useCallback(() => {
    commit({
      variables: { input: { id, temporary: false } },
      updater: (store) => addToItsList(store, id),
      onCompleted: () => {
        notify({ text: t`This chat is kept. You find it in the list.` });
        // The button is gone.
        focusComposer();
      },
      onError: (error) => notify({ text: messageOf(error) }),
    });
  }, [commit, id, notify]);
  return { keep, isKeeping };
};
