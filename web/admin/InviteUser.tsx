import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { UserPlus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import { RolePicker } from './RolePicker.tsx';
import type { ChosenRole } from './roles.ts';
import { SecretLink } from './SecretLink.tsx';
import { useInviteUser } from './useInviteUser.ts';

/** `connection`: the list that the invite is added to. */
export const InviteUser = ({ connection }: { connection: string }) => {
  const [isOpen, setOpen] = useState(false);
  const [role, setRole] = useState<ChosenRole>('MEMBER');
  const { invite, isInviting, path, problem, forget } = useInviteUser(connection);
  const onOpenChange = (opens: boolean) => {
    setOpen(opens);
    if (opens) forget();
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    invite(role, String(new FormData(event.currentTarget).get('note')).trim() || null);
  };
  return (
    <>
      <Button tone="accent" onClick={() => onOpenChange(true)}>
        <UserPlus size={16} strokeWidth={2} aria-hidden="true" />
        <Trans context="verb">Invite</Trans>
      </Button>
      <Modal
        open={isOpen}
        onOpenChange={onOpenChange}
        title={path ? t`The invite is ready` : t`Invite a user`}
        description={
          path
            ? t`Send this address: it works once, for seven days. It is not shown again.`
            : t`Creates a link to send. The person who opens it chooses a user name and a password.`
        }
      >
        {path ? (
          <SecretLink path={path} />
        ) : (
          <form onSubmit={onSubmit} className="flex flex-col gap-5">
            <Field
              label={t`For whom`}
              name="note"
              placeholder={t`Note, shown in this list`}
              maxLength={200}
              autoComplete="off"
            />
            <div className="flex items-center justify-between gap-3">
              <span className="text-sm font-medium">
                <Trans>Role</Trans>
              </span>
              <RolePicker label={t`Role`} role={role} onChoose={setRole} />
            </div>
            {problem && <Problem>{problem}</Problem>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => onOpenChange(false)}>
                <Trans>Cancel</Trans>
              </Button>
              <Button type="submit" tone="accent" busy={isInviting}>
                <Trans>Create invite</Trans>
              </Button>
            </div>
          </form>
        )}
      </Modal>
    </>
  );
};
