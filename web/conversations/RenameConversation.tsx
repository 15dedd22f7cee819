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
    <Modal open={open} onOpenChange={(stays) => !stays && onClose()} title="Rename conversation">
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <Field label="Title" name="title" defaultValue={title} maxLength={200} autoComplete="off" required />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="accent">
            Rename
          </Button>
        </div>
      </form>
    </Modal>
  );
};
