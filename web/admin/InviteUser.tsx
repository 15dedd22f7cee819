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
        Invite
      </Button>
      <Modal
        open={isOpen}
        onOpenChange={onOpenChange}
        title={path ? 'The invite is ready' : 'Invite a user'}
        description={
          path
            ? 'Send this address: it works once, for seven days. It is not shown again.'
            : 'Creates a link to send. The person who opens it chooses a user name and a password.'
        }
      >
        {path ? (
          <SecretLink path={path} />
        ) : (
          <form onSubmit={onSubmit} className="flex flex-col gap-5">
            <Field
              label="For whom"
              name="note"
              placeholder="Note, shown in this list"
              maxLength={200}
              autoComplete="off"
            />
            <div className="flex items-center justify-between gap-3">
              <span className="text-sm font-medium">Role</span>
              <RolePicker label="Role" role={role} onChoose={setRole} />
            </div>
            {problem && <Problem>{problem}</Problem>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => onOpenChange(false)}>Cancel</Button>
              <Button type="submit" tone="accent" busy={isInviting}>
                Create invite
              </Button>
            </div>
          </form>
        )}
      </Modal>
    </>
  );
};
