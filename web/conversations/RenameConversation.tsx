import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';

export interface RenameConversationProps {
  readonly open: boolean;
  readonly title: string;
  readonly onRename: (title: string) => void;
  readonly onClose: () => void;
}

export const RenameConversation = ({ open, title, onRename, onClose }: RenameConversationProps) => {
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = String(new FormData(event.currentTarget).get('title')).trim();
    if (entered !== '' && entered !== title) onRename(entered);
    onClose();
  };
  return (
    <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title={t`Rename conversation`}>
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <Field
          label={t`Title`}
          name="title"
          defaultValue={title}
          maxLength={200}
          autoComplete="off"
          required
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" tone="accent">
            <Trans>Rename</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
};
