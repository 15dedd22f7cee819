import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { exactly, fromNow } from '../ui/moments.ts';
import type { LastActive_user$key } from './__generated__/LastActive_user.graphql.ts';

/** Says when a user was last active. */
export const LastActive = ({ user: key }: { user: LastActive_user$key }) => {
  const { lastActiveAt } = useFragment(
    graphql`
      fragment LastActive_user on User {
        lastActiveAt
      }
    `,
    key,
  );
  if (!lastActiveAt) return t`Last activity unknown`;
  const when = fromNow(lastActiveAt);
  return (
    <time dateTime={lastActiveAt} title={exactly(lastActiveAt)}>
      <Trans>Last active {when}</Trans>
    </time>
  );
};
