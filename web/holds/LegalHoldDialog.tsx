import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useCallback } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useNotify } from '../ui/Notices.tsx';
import { Problem } from '../ui/Problem.tsx';
import { conversationIdIn } from './conversationIdIn.ts';
import { usePlaceLegalHold } from './usePlaceLegalHold.ts';

export interface LegalHoldDialogProps {
  /** The user whose data is held. */
  readonly id: string;
  readonly username: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Places a legal hold on all data of a user, or on one conversation. */
export const LegalHoldDialog = ({ id, username, open, onClose }: LegalHoldDialogProps) => {
  const notify = useNotify();
  const finish = useCallback(() => {
    notify({ text: t`The data of ${username} is under a legal hold.` });
    onClose();
  }, [notify, onClose, username]);
  const { place, isPlacing, problem, forget } = usePlaceLegalHold(id, finish);
  const close = () => {
    if (isPlacing) return;
    forget();
    onClose();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    place(String(form.get('reason')).trim(), conversationIdIn(String(form.get('conversation'))));
  };
  return (
    <Modal
      open={open}
      onOpenChange={close}
      title={t`Legal hold on ${username}`}
      description={t`The data can neither expire nor be deleted until an administrator releases the hold. ${username} doesn’t see it, and can go on writing.`}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        <Field
          label={t`Reason`}
          name="reason"
          placeholder={t`Such as the name of a case`}
          maxLength={500}
          pattern=".*\S.*"
          title={t`A reason with at least one letter or digit`}
          autoComplete="off"
          required
        />
        <Field
          label={t`Conversation`}
          name="conversation"
          maxLength={500}
          autoComplete="off"
          hint={t`Its address or id. Leave it empty to hold all data of ${username}.`}
        />
        {problem && <Problem>{problem}</Problem>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" tone="accent" busy={isPlacing}>
            <Trans>Place hold</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
};
