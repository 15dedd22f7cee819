import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Boxes, ChartColumn, ChevronsUpDown, Library, LogOut, Settings, ShieldCheck } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { useNavigate } from 'react-router';
import { useSignOut } from '../session/useSignOut.ts';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import type { AccountMenu_viewer$key } from './__generated__/AccountMenu_viewer.graphql.ts';

/** The viewer's name, which opens a menu with the pages beside the chats, and with signing out. */
export const AccountMenu = ({ viewer: key }: { viewer: AccountMenu_viewer$key }) => {
  const { username, viewerCanManageUsers } = useFragment(
    graphql`
      fragment AccountMenu_viewer on User {
        username
        viewerCanManageUsers
      }
    `,
    key,
  );
  const navigate = useNavigate();
  const { signOut } = useSignOut();
  const go = (path: string) => () => void navigate(path);
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t`Menu of ${username}`}
          className="flex h-11 min-w-0 flex-1 items-center gap-2.5 rounded-lg px-2 text-start hover:bg-hover data-[state=open]:bg-hover"
        >
          {/* By CSS: as text, it would have to be part of the button's name. */}
          <span
            aria-hidden="true"
            data-initial={[...username][0]}
            className="before:content-[attr(data-initial)] flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm font-medium text-accent uppercase"
          />
          <bdi className="min-w-0 flex-1 truncate">{username}</bdi>
          <ChevronsUpDown size={15} aria-hidden="true" className="shrink-0 text-muted" />
        </button>
      }
    >
      <MenuItem icon={Boxes} onSelect={go('/models')}>
        <Trans>Models</Trans>
      </MenuItem>
      <MenuItem icon={Library} onSelect={go('/collections')}>
        <Trans>Collections</Trans>
      </MenuItem>
      <MenuItem icon={ChartColumn} onSelect={go('/usage')}>
        <Trans>Usage</Trans>
      </MenuItem>
      {viewerCanManageUsers && (
        <MenuItem icon={ShieldCheck} onSelect={go('/admin')}>
          <Trans>Administration</Trans>
        </MenuItem>
      )}
      <MenuItem icon={Settings} onSelect={go('/settings')}>
        <Trans>Settings</Trans>
      </MenuItem>
      <MenuItem icon={LogOut} isDirectional onSelect={signOut}>
        <Trans>Sign out</Trans>
      </MenuItem>
    </Menu>
  );
};
