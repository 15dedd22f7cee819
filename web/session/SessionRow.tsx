import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { dayOf, fromNow } from '../ui/moments.ts';
import type {
  SessionRow_session$data,
  SessionRow_session$key,
} from './__generated__/SessionRow_session.graphql.ts';
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
        <p className="text-sm text-muted">{factsOf(session)}</p>
      </div>
      {!session.current && (
        <Button onClick={revoke} busy={isRevoking} aria-label={t`Sign out ${device}`}>
          <Trans>Sign out</Trans>
        </Button>
      )}
    </li>
  );
};

const factsOf = ({ current, address, createdAt, lastSeenAt }: SessionRow_session$data): string => {
  const [start, lastUse] = [dayOf(createdAt), fromNow(lastSeenAt)];
  if (current)
    return address ? t`This session, from ${address}, since ${start}` : t`This session, since ${start}`;
  return address ? t`Used ${lastUse}, from ${address}, since ${start}` : t`Used ${lastUse}, since ${start}`;
};
