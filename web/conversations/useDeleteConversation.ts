import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useMatch, useNavigate } from 'react-router';
import { wordsFor } from '../relay/failure.ts';
import type { useDeleteConversationMutation } from './__generated__/useDeleteConversationMutation.graphql.ts';

/** Deletes a conversation for good, and leaves its page if that is the one that is open. */
export const useDeleteConversation = (id: string) => {
  const [commit, isDeleting] = useMutation<useDeleteConversationMutation>(graphql`
    mutation useDeleteConversationMutation($input: DeleteConversationInput!) {
      deleteConversation(input: $input) {
        deletedConversationId @deleteRecord
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const isOpen = useMatch('/chat/:id')?.params.id === id;
  const navigate = useNavigate();

  const deleteConversation = useCallback(
    (onDeleted: () => void) => {
      setProblem(null);
      commit({
        variables: { input: { id } },
        onCompleted: () => {
          onDeleted();
          if (isOpen) void navigate('/', { replace: true });
        },
        onError: (error) => setProblem(wordsFor(error)),
      });
    },
    [commit, id, isOpen, navigate],
  );
  return { deleteConversation, isDeleting, problem };
};
