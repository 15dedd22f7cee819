import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { TextAreaField } from '../ui/TextAreaField.tsx';

export interface CollectionFields {
  readonly name: string;
  readonly description: string | null;
}

export interface CollectionDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** The label of the button that submits. */
  readonly action: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly onSubmit: (fields: CollectionFields) => void;
  readonly onClose: () => void;
}

/** The name and the description of a collection. */
export const CollectionDialog = ({
  open,
  title,
  action,
  name = '',
  description = null,
  isBusy,
  problem,
  onSubmit,
  onClose,
}: CollectionDialogProps) => {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = String(form.get('description')).trim();
    onSubmit({ name: String(form.get('name')).trim(), description: text === '' ? null : text });
  };
  return (
    <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={title}>
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field
          label={t`Name`}
          name="name"
          defaultValue={name}
          maxLength={200}
          pattern=".*\S.*"
          title={t`A name with at least one letter or digit`}
          autoComplete="off"
          required
        />
        <TextAreaField
          label={t`Description`}
          name="description"
          rows={3}
          maxLength={2000}
          defaultValue={description ?? ''}
        />
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
