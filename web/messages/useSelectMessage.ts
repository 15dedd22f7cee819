import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useSelectMessageMutation } from './__generated__/useSelectMessageMutation.graphql.ts';

/** Switches to another version: the branch through it becomes the current one. */
export const useSelectMessage = () => {
  const [commit, isSelecting] = useMutation<useSelectMessageMutation>(graphql`
    mutation useSelectMessageMutation($input: SelectMessageInput!) {
      selectMessage(input: $input) {
        conversation {
          id
          ...ConversationView_conversation
        }
      }
    }
  `);
  const notify = useNotify();
  const selectMessage = useCallback(
    (messageId: string) => {
      commit({ variables: { input: { messageId } }, onError: (error) => notify({ text: messageOf(error) }) });
    },
    [commit, notify],
  );
  return { selectMessage, isSelecting };
};
