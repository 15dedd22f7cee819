import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { dayOf, fromNow } from '../ui/moments.ts';
import type { SessionRow_session$key } from './__generated__/SessionRow_session.graphql.ts';
import { deviceOf } from './device.ts';
import { useRevokeSession } from './useRevokeSession.ts';

export const SessionRow = ({ session: key }: { session: SessionRow_session$key }) => {
  const session = useFragment(
    graphql`
      fragment SessionRow_session on Session {
        id
        current
        userAgent
        address
        createdAt
        lastSeenAt
      }
    `,
    key,
  );
  const { revoke, isRevoking } = useRevokeSession(session.id);
  const device = deviceOf(session.userAgent);
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={session.userAgent ?? undefined}>
          {device}
        </p>
        <p className="text-sm text-muted">
          {session.current ? 'This session' : `Used ${fromNow(session.lastSeenAt)}`}
          {session.address && `, from ${session.address}`}, since {dayOf(session.createdAt)}
        </p>
      </div>
      {!session.current && (
        <Button onClick={revoke} busy={isRevoking} aria-label={`Sign out ${device}`}>
          Sign out
        </Button>
      )}
    </li>
  );
};
