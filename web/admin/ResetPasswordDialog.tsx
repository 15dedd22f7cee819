import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import type { FormEvent } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { SecretLink } from './SecretLink.tsx';
import { useResetPassword } from './useResetPassword.ts';

export interface ResetPasswordDialogProps {
  /** The user whose password is reset. */
  readonly id: string;
  readonly username: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Asks for the administrator's own password, then shows the reset link to send. */
export const ResetPasswordDialog = ({ id, username, open, onClose }: ResetPasswordDialogProps) => {
  const { reset, isResetting, path, problem, forget } = useResetPassword(id);
  const close = () => {
    if (isResetting) return;
    forget();
    onClose();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget).get('password');
    reset(typeof entered === 'string' && entered !== '' ? entered : null);
  };
  return (
    <Modal
      open={open}
      onOpenChange={close}
      title={t`A new password for ${username}`}
      description={
        path
          ? t`Send this address: it works once, for 24 hours. It is not shown again.`
          : t`Creates a link with which ${username} chooses a new password. ${username} will see that you did.`
      }
    >
      {path ? (
        <SecretLink path={path} />
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-5">
          <Field
            label={t`Your own password`}
            name="password"
            type="password"
            autoComplete="current-password"
            hint={t`Leave it empty if you sign in with an identity provider: sign in again first.`}
          />
          {problem && <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={close}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" tone="accent" busy={isResetting}>
              <Trans>Create link</Trans>
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
};
