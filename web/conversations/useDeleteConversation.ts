import { useCallback } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useMatch, useNavigate } from 'react-router';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useDeleteConversationMutation } from './__generated__/useDeleteConversationMutation.graphql.ts';

/** Deletes a conversation permanently. Leaves its page first if it is open. */
export const useDeleteConversation = (id: string) => {
  const [commit] = useMutation<useDeleteConversationMutation>(graphql`
    mutation useDeleteConversationMutation($input: DeleteConversationInput!) {
      deleteConversation(input: $input) {
        deletedConversationId @deleteRecord
      }
    }
  `);
  const isOpen = useMatch('/chat/:id')?.params.id === id;
  const navigate = useNavigate();
  const notify = useNotify();

  return useCallback(async () => {
    if (isOpen) await navigate('/', { replace: true });
    commit({
      variables: { input: { id } },
      onError: (error) => notify({ text: messageOf(error) }),
    });
  }, [commit, id, isOpen, navigate, notify]);
};
