import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Ban, Ellipsis, Gauge, KeyRound, Lock, Trash2, UserCheck } from 'lucide-react';
import { useCallback, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { LegalHoldDialog } from '../holds/LegalHoldDialog.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import type { UserMenu_user$key } from './__generated__/UserMenu_user.graphql.ts';
import { QuotaDialog } from './QuotaDialog.tsx';
import { ResetPasswordDialog } from './ResetPasswordDialog.tsx';
import { useDeleteUser } from './useDeleteUser.ts';
import { useUserAccess } from './useUserAccess.ts';

export const UserMenu = ({ user: key }: { user: UserMenu_user$key }) => {
  const user = useFragment(
    graphql`
      fragment UserMenu_user on User {
        id
        username
        status
        identityProvider
        ...QuotaDialog_user
      }
    `,
    key,
  );
  const { id, username, status, identityProvider } = user;
  const [asked, setAsked] = useState<'disable' | 'delete' | 'hold' | 'quota' | 'password' | null>(null);
  const { disable, enable } = useUserAccess(id);
  const deleteUser = useDeleteUser(id);
  const close = useCallback(() => setAsked(null), []);
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={t`Options for ${username}`} />}>
        {!identityProvider && (
          <MenuItem icon={KeyRound} onSelect={() => setAsked('password')}>
            <Trans>Reset password…</Trans>
          </MenuItem>
        )}
        <MenuItem icon={Gauge} onSelect={() => setAsked('quota')}>
          <Trans>Quota…</Trans>
        </MenuItem>
        <MenuItem icon={Lock} onSelect={() => setAsked('hold')}>
          <Trans>Legal hold…</Trans>
        </MenuItem>
        {status === 'DISABLED' ? (
          <MenuItem icon={UserCheck} onSelect={enable}>
            <Trans>Enable</Trans>
          </MenuItem>
        ) : (
          <MenuItem icon={Ban} onSelect={() => setAsked('disable')}>
            <Trans>Disable</Trans>
          </MenuItem>
        )}
        <MenuItem icon={Trash2} tone="danger" onSelect={() => setAsked('delete')}>
          <Trans>Delete</Trans>
        </MenuItem>
      </Menu>
      <QuotaDialog user={user} open={asked === 'quota'} onClose={close} />
      <Confirm
        open={asked === 'disable'}
        title={t`Disable ${username}?`}
        description={t`${username} is signed out everywhere at once, and can’t sign in until enabled again. Nothing is deleted.`}
        action={t`Disable`}
        onConfirm={disable}
        onClose={close}
      />
      <Confirm
        open={asked === 'delete'}
        title={t`Delete ${username}?`}
        description={t`All conversations of ${username}, their messages and sessions will be permanently deleted.`}
        action={t`Delete`}
        onConfirm={deleteUser}
        onClose={close}
      />
      <LegalHoldDialog id={id} username={username} open={asked === 'hold'} onClose={close} />
      <ResetPasswordDialog id={id} username={username} open={asked === 'password'} onClose={close} />
    </>
  );
};
