import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useSaveChatSettingsMutation } from './__generated__/useSaveChatSettingsMutation.graphql.ts';
import type { ChatOptions } from './chatOptions.ts';

/** Saves the settings of a conversation. They apply from its next answer on. */
export const useSaveChatSettings = (id: string) => {
  const [commit, isSaving] = useMutation<useSaveChatSettingsMutation>(graphql`
    mutation useSaveChatSettingsMutation($input: UpdateConversationInput!) {
      updateConversation(input: $input) {
        conversation {
          ...ChatSettingsDialog_conversation
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const save = useCallback(
    (
      systemPrompt: string | null,
      options: ChatOptions,
      collections: readonly string[] | null,
      onSaved: () => void,
    ) => {
      setProblem(null);
      commit({
        variables: {
          input: {
            id,
            systemPrompt,
            options: { ...options, stop: options.stop ? [...options.stop] : null },
            ...(collections && { collections: [...collections] }),
          },
        },
        onCompleted: onSaved,
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, id],
  );
  return { save, isSaving, problem };
};
