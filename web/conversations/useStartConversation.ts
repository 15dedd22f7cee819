import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useNavigate } from 'react-router';
import { startComparison } from '../comparison/comparison.ts';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { useIdempotencyKey } from '../messages/useIdempotencyKey.ts';
import { messageOf } from '../relay/failure.ts';
import type { useStartConversationMutation } from './__generated__/useStartConversationMutation.graphql.ts';
import { chatPath } from './chatPath.ts';
import { addToItsList, listId } from './lists.ts';

export interface FirstMessage {
  readonly text: string;
  /** Null: the default model. */
  readonly model: string | null;
  readonly attachments: readonly string[];
  /** Null: none. */
  readonly folderId: string | null;
  readonly isTemporary: boolean;
  /** The models to compare, of which `model` is the first. Empty: only `model` answers. */
  readonly compared: readonly string[];
  /** The tools that the answer may call. */
  readonly tools: readonly string[];
}

/**
 * Sends the first message of a new conversation, then opens its page. The mutation returns everything that the page
 * shows, so the page needs no further request. `pending` is the text from the click until the page has changed.
 */
export const useStartConversation = (onUnsent: (text: string) => void) => {
  const [commit] = useMutation<useStartConversationMutation>(graphql`
    mutation useStartConversationMutation($input: GenerateInput!, $lists: [ID!]!) {
      generate(input: $input) {
        conversation {
          id
          ...ConversationPage_conversation
        }
        userMessageEdge {
          node {
            id
          }
        }
        conversationEdge @prependEdge(connections: $lists) {
          cursor
          node {
            id
            archived
            ...ConversationRows_conversations
          }
        }
      }
    }
  `);
  const navigate = useNavigate();
  const [pending, setPending] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { keyFor, settled } = useIdempotencyKey();
  const { refused } = useAllowance();

  const start = useCallback(
    ({ text, model, attachments, folderId, isTemporary, compared, tools }: FirstMessage) => {
      setProblem(null);
      setPending(text);
      commit({
        variables: {
          input: {
            prompt: text,
            idempotencyKey: keyFor(
              JSON.stringify([text, model, folderId, isTemporary, tools, ...attachments]),
            ),
            ...(attachments.length > 0 && { attachments }),
            ...(model && { model }),
            ...(folderId && { folderId }),
            ...(isTemporary && { temporary: true }),
            ...(tools.length > 0 && { tools }),
          },
          lists: isTemporary ? [] : [listId()],
        },
        updater: (store, response) => {
          const id = response?.generate?.conversation.id;
          if (id) addToItsList(store, id);
        },
        onCompleted: ({ generate }) => {
          settled();
          if (!generate) return;
          const { conversation, userMessageEdge } = generate;
          if (compared.length > 1) startComparison(conversation.id, userMessageEdge.node.id, compared);
          void navigate(chatPath(conversation.id));
        },
        onError: (error) => {
          settled(error);
          setPending(null);
          if (!refused(error)) setProblem(messageOf(error));
          onUnsent(text);
        },
      });
    },
    [commit, navigate, onUnsent, keyFor, settled, refused],
  );
  return { start, pending, problem };
};
