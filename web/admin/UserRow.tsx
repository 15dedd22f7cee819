import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import { dayOf } from '../ui/moments.ts';
import type { UserRow_user$key } from './__generated__/UserRow_user.graphql.ts';
import { LastActive } from './LastActive.tsx';
import { RolePicker } from './RolePicker.tsx';
import { UserMenu } from './UserMenu.tsx';
import { UserQuotas } from './UserQuotas.tsx';
import { useSetUserRole } from './useSetUserRole.ts';

/** `isViewer`: whether it is the viewer's own account. */
export const UserRow = ({ user: key, isViewer }: { user: UserRow_user$key; isViewer: boolean }) => {
  const user = useFragment(
    graphql`
      fragment UserRow_user on User {
        id
        username
        role
        status
        identityProvider
        createdAt
        ...UserMenu_user
        ...UserQuotas_user
        ...LastActive_user
      }
    `,
    key,
  );
  const setRole = useSetUserRole(user.id);
  const { username, identityProvider } = user;
  const day = dayOf(user.createdAt);
  const isOut = user.status !== 'ACTIVE';
  return (
    <li className="flex flex-wrap items-center gap-2 py-3">
      <div className={`min-w-0 flex-1 ${isOut ? 'opacity-60' : ''}`}>
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{username}</span>
          {isViewer && (
            <Badge>
              <Trans>You</Trans>
            </Badge>
          )}
          {user.status === 'DISABLED' && (
            <Badge>
              <Trans>Disabled</Trans>
            </Badge>
          )}
          {user.status === 'DELETING' && (
            <Badge>
              <Trans>Being deleted</Trans>
            </Badge>
          )}
        </p>
        <p className="truncate text-sm text-muted">
          <Trans>Since {day}</Trans>
          {identityProvider && (
            <>
              {' · '}
              <Trans comment="The identity provider that a user signs in with">by {identityProvider}</Trans>
            </>
          )}
          {' · '}
          <LastActive user={user} />
        </p>
      </div>
      <UserQuotas user={user} className="order-last basis-full sm:order-none sm:basis-52" />
      <div className="flex justify-end sm:w-34">
        <RolePicker label={t`Role of ${username}`} role={user.role} onChoose={setRole} />
      </div>
      <UserMenu user={user} />
    </li>
  );
};
