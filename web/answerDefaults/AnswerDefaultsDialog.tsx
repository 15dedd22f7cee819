import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { type ChatOptions, readOptions, readPrompt } from '../conversations/chatOptions.ts';
import { OptionsFields } from '../conversations/OptionsFields.tsx';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useSetAnswerDefaults } from './useSetAnswerDefaults.ts';

export interface AnswerDefaultsDialogProps {
  readonly open: boolean;
  readonly userId: string;
  /** Null: none are set yet. */
  readonly id: string | null;
  /** Null: all models. */
  readonly model: string | null;
  readonly systemPrompt: string | null;
  readonly options: ChatOptions;
  readonly onClose: () => void;
}

/** Edits the defaults for a model, or for all models. */
export const AnswerDefaultsDialog = ({
  open,
  userId,
  id,
  model,
  systemPrompt,
  options,
  onClose,
}: AnswerDefaultsDialogProps) => {
  const { set, isSaving, problem } = useSetAnswerDefaults(userId);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const changed = { systemPrompt: readPrompt(form), options: readOptions(form, options) };
    set({ id, model, ...changed }, onClose);
  };
  return (
    <Modal
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={model === null ? t`Defaults for all models` : t`Defaults for ${model}`}
      description={t`Empty fields use the model’s defaults.`}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <OptionsFields
          systemPrompt={systemPrompt}
          options={options}
          // The one for all models.
          mayInheritPrompt={model !== null}
        />
        {problem && <Problem>{problem}</Problem>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" tone="accent" busy={isSaving}>
            {isSaving ? t`Saving…` : t`Save`}
          </Button>
        </div>
      </form>
    </Modal>
  );
};
