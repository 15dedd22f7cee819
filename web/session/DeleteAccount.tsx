import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type FormEvent, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { DeleteAccount_viewer$key } from './__generated__/DeleteAccount_viewer.graphql.ts';
import { useDeleteAccount } from './useDeleteAccount.ts';

export const DeleteAccount = ({ viewer: key }: { viewer: DeleteAccount_viewer$key }) => {
  const { username, identityProvider } = useFragment(
    graphql`
      fragment DeleteAccount_viewer on User {
        username
        identityProvider
      }
    `,
    key,
  );
  const [isOpen, setOpen] = useState(false);
  const { deleteAccount, isDeleting, problem } = useDeleteAccount();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget).get('password');
    deleteAccount(typeof entered === 'string' ? entered : null);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Trans>Delete account…</Trans>
      </Button>
      <Modal
        open={isOpen}
        onOpenChange={setOpen}
        title={t`Delete your account?`}
        description={t`All your conversations, messages and sessions will be permanently deleted.`}
      >
        <form onSubmit={onSubmit} className="flex flex-col gap-5">
          <input type="text" name="username" value={username} autoComplete="username" readOnly hidden />
          {!identityProvider && (
            <Field
              label={t`Your password`}
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          )}
          {problem && <Problem>{problem}</Problem>}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" tone="danger" busy={isDeleting}>
              {isDeleting ? t`Deleting…` : t`Delete account`}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
};
