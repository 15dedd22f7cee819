import { Ban, Ellipsis, Gauge, KeyRound, Trash2, UserCheck } from 'lucide-react';
import { useCallback, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
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
  const [asked, setAsked] = useState<'disable' | 'delete' | 'quota' | 'password' | null>(null);
  const { disable, enable } = useUserAccess(id);
  const deleteUser = useDeleteUser(id);
  const close = useCallback(() => setAsked(null), []);
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`Options for ${username}`} />}>
        {!identityProvider && (
          <MenuItem icon={KeyRound} onSelect={() => setAsked('password')}>
            Reset password…
          </MenuItem>
        )}
        <MenuItem icon={Gauge} onSelect={() => setAsked('quota')}>
          Quota…
        </MenuItem>
        {status === 'DISABLED' ? (
          <MenuItem icon={UserCheck} onSelect={enable}>
            Enable
          </MenuItem>
        ) : (
          <MenuItem icon={Ban} onSelect={() => setAsked('disable')}>
            Disable
          </MenuItem>
        )}
        <MenuItem icon={Trash2} tone="danger" onSelect={() => setAsked('delete')}>
          Delete
        </MenuItem>
      </Menu>
      <QuotaDialog user={user} open={asked === 'quota'} onClose={close} />
      <Confirm
        open={asked === 'disable'}
        title={`Disable ${username}?`}
        description={`${username} is signed out everywhere at once, and can’t sign in until enabled again. Nothing is deleted.`}
        action="Disable"
        onConfirm={disable}
        onClose={close}
      />
      <Confirm
        open={asked === 'delete'}
        title={`Delete ${username}?`}
        description={`All conversations of ${username}, their messages and sessions will be permanently deleted.`}
        action="Delete"
        onConfirm={deleteUser}
        onClose={close}
      />
      <ResetPasswordDialog id={id} username={username} open={asked === 'password'} onClose={close} />
    </>
  );
};
