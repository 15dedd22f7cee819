import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { fromNow } from '../ui/moments.ts';
import type { InviteRow_invite$key } from './__generated__/InviteRow_invite.graphql.ts';
import { nameOfRole } from './roles.ts';
import { useRevokeInvite } from './useRevokeInvite.ts';

export const InviteRow = ({ invite: key }: { invite: InviteRow_invite$key }) => {
  const { id, note, role, createdAt, expiresAt } = useFragment(
    graphql`
      fragment InviteRow_invite on Invite {
        id
        note
        role
        createdAt
        expiresAt
      }
    `,
    key,
  );
  const { revoke, isRevoking } = useRevokeInvite(id);
  const roleName = nameOfRole(role ?? '');
  const [invited, ends] = [fromNow(createdAt), fromNow(expiresAt)];
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{note ?? t`an unnamed user`}</p>
        <p className="text-sm text-muted">
          <Trans comment="{invited} is such as “2 days ago”, {ends} such as “in 5 days”.">
            {roleName}, invited {invited}, ends {ends}
          </Trans>
        </p>
      </div>
      <Button
        onClick={revoke}
        busy={isRevoking}
        aria-label={note ? t`Revoke the invite for ${note}` : t`Revoke the invite for an unnamed user`}
      >
        <Trans>Revoke</Trans>
      </Button>
    </li>
  );
};
