import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { CollectionChoices, readChoices } from '../collections/CollectionChoices.tsx';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { TextAreaField } from '../ui/TextAreaField.tsx';

export interface FolderFields {
  readonly name: string;
  readonly systemPrompt: string | null;
  /** Null: unchanged. */
  readonly collections: readonly string[] | null;
}

export interface FolderDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** The label of the button that submits. */
  readonly action: string;
  /** The global id of a folder that exists, whose collections can be chosen. */
  readonly folderId?: string;
  readonly name?: string;
  readonly systemPrompt?: string | null;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly onSubmit: (fields: FolderFields) => void;
  readonly onClose: () => void;
}

/** The name, the system prompt and the collections of a folder. */
export const FolderDialog = ({
  open,
  title,
  action,
  folderId,
  name = '',
  systemPrompt = null,
  isBusy,
  problem,
  onSubmit,
  onClose,
}: FolderDialogProps) => {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const prompt = String(form.get('systemPrompt')).trim();
    onSubmit({
      name: String(form.get('name')).trim(),
      systemPrompt: prompt === '' ? null : prompt,
      collections: readChoices(form),
    });
  };
  return (
    <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={title}>
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field
          label={t`Name`}
          name="name"
          defaultValue={name}
          maxLength={100}
          pattern=".*\S.*"
          title={t`A name with at least one letter or digit`}
          autoComplete="off"
          required
        />
        <TextAreaField
          label={t`System prompt`}
          name="systemPrompt"
          rows={4}
          maxLength={100_000}
          defaultValue={systemPrompt ?? ''}
          hint={t`For the conversations in it that have none of their own, from their next answers on.`}
        />
        {folderId !== undefined && (
          <LoadBoundary>
            {(fetchKey) => <CollectionChoices id={folderId} fetchKey={fetchKey} onLeave={onClose} />}
          </LoadBoundary>
        )}
        {problem && <Problem>{problem}</Problem>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" tone="accent" busy={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
};
