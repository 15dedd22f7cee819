import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import type { ChatOptions } from '../conversations/chatOptions.ts';
import { messageOf } from '../relay/failure.ts';
import { useNotify } from '../ui/Notices.tsx';
import type { useSetAnswerDefaultsMutation } from './__generated__/useSetAnswerDefaultsMutation.graphql.ts';

export interface AnswerDefaultsChange {
  /** Null: none are set yet. */
  readonly id: string | null;
  /** Null: all models. */
  readonly model: string | null;
  readonly systemPrompt: string | null;
  readonly options: ChatOptions;
}

/** Sets defaults; without settings, resets them. A reset is shown at once, and undone on an error. */
export const useSetAnswerDefaults = (userId: string) => {
  const [commit, isSaving] = useMutation<useSetAnswerDefaultsMutation>(graphql`
    mutation useSetAnswerDefaultsMutation($input: SetAnswerDefaultsInput!) {
      setAnswerDefaults(input: $input) {
        viewer {
          id
          answerDefaults {
            id
            model
            ...AnswerDefaultsRow_answerDefaults
          }
        }
      }
    }
  `);
  const notify = useNotify();
  const [problem, setProblem] = useState<string | null>(null);
  const set = useCallback(
    ({ id, model, systemPrompt, options }: AnswerDefaultsChange, onSaved: () => void) => {
      setProblem(null);
      const isReset = systemPrompt === null && Object.keys(options).length === 0;
      commit({
        variables: {
          input: {
            model,
            systemPrompt,
            options: { ...options, stop: options.stop ? [...options.stop] : null },
          },
        },
        optimisticUpdater: (store) => {
          const user = store.get(userId);
          const all = user?.getLinkedRecords('answerDefaults');
          if (isReset && id !== null && all) {
            user?.setLinkedRecords(
              all.filter((each) => each.getDataID() !== id),
              'answerDefaults',
            );
          }
        },
        onCompleted: onSaved,
        onError: (error) => {
          setProblem(messageOf(error));
          if (isReset) notify({ text: messageOf(error) });
        },
      });
    },
    [commit, notify, userId],
  );
  return { set, isSaving, problem };
};
