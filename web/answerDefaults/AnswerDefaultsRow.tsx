import { t } from '@lingui/core/macro';
import { Pencil, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { IconButton } from '../ui/IconButton.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { AnswerDefaultsRow_answerDefaults$key } from './__generated__/AnswerDefaultsRow_answerDefaults.graphql.ts';
import { AnswerDefaultsDialog } from './AnswerDefaultsDialog.tsx';
import { summaryOf } from './summary.ts';
import { useSetAnswerDefaults } from './useSetAnswerDefaults.ts';

export interface AnswerDefaultsRowProps {
  readonly userId: string;
  /** Null: all models. */
  readonly model: string | null;
  /** Null: none are set. */
  readonly defaults: AnswerDefaultsRow_answerDefaults$key | null;
}

export const AnswerDefaultsRow = ({ userId, model, defaults: key }: AnswerDefaultsRowProps) => {
  const defaults = useFragment(
    graphql`
      fragment AnswerDefaultsRow_answerDefaults on AnswerDefaults {
        id
        systemPrompt
        options {
          temperature
          topP
          topK
          seed
          maxTokens
          stop
          contextLength
        }
      }
    `,
    key,
  );
  const [isEditing, setEditing] = useState(false);
  const notify = useNotify();
  const { set } = useSetAnswerDefaults(userId);
  return (
    <li className="flex min-h-14 items-center gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{model ?? t`All models`}</p>
        <p dir="auto" className="truncate text-sm text-muted">
          {defaults
            ? summaryOf(defaults.systemPrompt ?? null, defaults.options)
            : t({ message: 'None', context: 'no defaults of a model' })}
        </p>
      </div>
      <IconButton
        icon={Pencil}
        label={model === null ? t`Edit the defaults for all models` : t`Edit the defaults for ${model}`}
        onClick={() => setEditing(true)}
      />
      {defaults && (
        <IconButton
          icon={RotateCcw}
          label={model === null ? t`Reset the defaults for all models` : t`Reset the defaults for ${model}`}
          onClick={() =>
            set({ id: defaults.id, model, systemPrompt: null, options: {} }, () =>
              notify({
                text:
                  model === null
                    ? t`The defaults for all models were reset.`
                    : t`The defaults for ${model} were reset.`,
              }),
            )
          }
        />
      )}
      <AnswerDefaultsDialog
        open={isEditing}
        userId={userId}
        id={defaults?.id ?? null}
        model={model}
        systemPrompt={defaults?.systemPrompt ?? null}
        options={defaults?.options ?? {}}
        onClose={() => setEditing(false)}
      />
    </li>
  );
};
