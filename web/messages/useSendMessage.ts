import { useCallback, useRef, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { messageOf } from '../relay/failure.ts';
import type { useSendMessageMutation } from './__generated__/useSendMessageMutation.graphql.ts';
import { messagesId } from './connection.ts';
import { useIdempotencyKey } from './useIdempotencyKey.ts';

export interface SendMessageOptions {
  readonly conversationId: string;
  /** The last message shown, the parent of the new one. */
  readonly parentId: string | null;
  /** The tools that the answer may call. */
  readonly tools?: readonly string[];
  /** Called with the text if it could not be sent. */
  readonly onUnsent: (text: string) => void;
  /** Called after a message was sent to several models, of which the first answers. */
  readonly onCompared?: (questionId: string, models: readonly string[]) => void;
}

const none: readonly string[] = [];

/**
 * Sends a message to a conversation. `pending` is its text until the conversation contains it, by the mutation's response
 * or, earlier, by the live update: so it is shown at once and never twice.
 */
export const useSendMessage = ({
  conversationId,
  parentId,
  tools = none,
  onUnsent,
  onCompared,
}: SendMessageOptions) => {
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
            id
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
  /** A retry repeats the original request, even if the conversation has changed since. */
  const asked = useRef<{ readonly idempotencyKey: string; readonly parentId: string | null } | null>(null);
  const { refused } = useAllowance();

  const send = useCallback(
    (text: string, attachments: readonly string[] = [], models: readonly string[] = []) => {
      setProblem(null);
      setSent({ text, parentId });
      const [model] = models;
      const isPlain = attachments.length === 0 && model === undefined && tools.length === 0;
      const idempotencyKey = keyFor(isPlain ? text : JSON.stringify([text, attachments, model, tools]));
      if (asked.current?.idempotencyKey !== idempotencyKey) asked.current = { idempotencyKey, parentId };
      commit({
        variables: {
          input: {
            prompt: text,
            conversationId,
            ...asked.current,
            ...(attachments.length > 0 && { attachments }),
            ...(model !== undefined && { model }),
            ...(tools.length > 0 && { tools }),
          },
          connections: [messagesId(conversationId)],
        },
        onCompleted: ({ generate }) => {
          settled();
          setSent(null);
          if (generate && models.length > 1) onCompared?.(generate.userMessageEdge.node.id, models);
        },
        onError: (error) => {
          settled(error);
          setSent(null);
          if (!refused(error)) setProblem(messageOf(error));
          onUnsent(text);
        },
      });
    },
    [commit, conversationId, parentId, tools, onUnsent, onCompared, keyFor, settled, refused],
  );
  return { send, isSending, problem, pending: sent && sent.parentId === parentId ? sent.text : null };
};
