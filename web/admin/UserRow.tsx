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
  const isOut = user.status !== 'ACTIVE';
  return (
    <li className="flex flex-wrap items-center gap-2 py-3">
      <div className={`min-w-0 flex-1 ${isOut ? 'opacity-60' : ''}`}>
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{user.username}</span>
          {isViewer && <Badge>You</Badge>}
          {user.status === 'DISABLED' && <Badge>Disabled</Badge>}
          {user.status === 'DELETING' && <Badge>Being deleted</Badge>}
        </p>
        <p className="truncate text-sm text-muted">
          Since {dayOf(user.createdAt)}
          {user.identityProvider && ` · by ${user.identityProvider}`}
          {' · '}
          <LastActive user={user} />
        </p>
      </div>
      <UserQuotas user={user} className="order-last basis-full sm:order-none sm:basis-52" />
      <div className="flex justify-end sm:w-34">
        <RolePicker label={`Role of ${user.username}`} role={user.role} onChoose={setRole} />
      </div>
      <UserMenu user={user} />
    </li>
  );
};
