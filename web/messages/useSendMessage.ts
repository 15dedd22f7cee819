import { useCallback, useRef, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { wordsFor } from '../relay/failure.ts';
import type { useSendMessageMutation } from './__generated__/useSendMessageMutation.graphql.ts';
import { messagesId } from './connection.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

export interface SendMessageOptions {
  readonly conversationId: string;
  /** The last message shown, which the new one answers. */
  readonly parentId: string | null;
  /** Given the text back when it could not be sent. */
  readonly onUnsent: (text: string) => void;
}

/**
 * Sends a message into a conversation. `pending` is its text until the conversation has it, by the mutation's answer
 * or, sooner, by the live update: so it is shown at once, and never twice.
 */
export const useSendMessage = ({ conversationId, parentId, onUnsent }: SendMessageOptions) => {
  const [commit, isSending] = useMutation<useSendMessageMutation>(graphql`
    mutation useSendMessageMutation($input: GenerateInput!, $connections: [ID!]!) {
      generate(input: $input) {
        conversation {
          id
          model
          ...ConversationRow_conversation
          ...ConversationRows_conversations
        }
        userMessageEdge @appendEdge(connections: $connections) {
          cursor
          node {
            ...ConversationView_message
          }
        }
        assistantMessageEdge @appendEdge(connections: $connections) {
          cursor
          node {
            ...ConversationView_message
          }
        }
      }
    }
  `);
  const [sent, setSent] = useState<{ readonly text: string; readonly parentId: string | null } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { keyFor, settled } = useIdempotencyKey();
  /** A retry repeats the request as it was, even if the conversation has gone on since. */
  const asked = useRef<{ readonly idempotencyKey: string; readonly parentId: string | null } | null>(null);
  const { refused } = useAllowance();

  const send = useCallback(
    (text: string) => {
      setProblem(null);
      setSent({ text, parentId });
      const idempotencyKey = keyFor(text);
      if (asked.current?.idempotencyKey !== idempotencyKey) asked.current = { idempotencyKey, parentId };
      commit({
        variables: {
          input: { prompt: text, conversationId, ...asked.current },
          connections: [messagesId(conversationId)],
        },
        onCompleted: () => {
          settled();
          setSent(null);
        },
        onError: (error) => {
          settled(error);
          setSent(null);
          if (!refused(error)) setProblem(wordsFor(error));
          onUnsent(text);
        },
      });
    },
    [commit, conversationId, parentId, onUnsent, keyFor, settled, refused],
  );
  return { send, isSending, problem, pending: sent && sent.parentId === parentId ? sent.text : null };
};
