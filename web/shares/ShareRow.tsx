import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { chatPath } from '../conversations/chatPath.ts';
import { useCommit } from '../relay/useCommit.ts';
import { Button } from '../ui/Button.tsx';
import { dayOf, fromNow } from '../ui/moments.ts';
import type { ShareRow_share$key } from './__generated__/ShareRow_share.graphql.ts';
import type { ShareRowMutation } from './__generated__/ShareRowMutation.graphql.ts';

export const ShareRow = ({ share: key }: { share: ShareRow_share$key }) => {
  const { id, conversation, createdAt, expiresAt } = useFragment(
    graphql`
      fragment ShareRow_share on Share {
        id
        createdAt
        expiresAt
        conversation {
          id
          title
        }
      }
    `,
    key,
  );
  const [commit, isRevoking] = useCommit<ShareRowMutation>(graphql`
    mutation ShareRowMutation($input: RevokeShareInput!) {
      revokeShare(input: $input) {
        deletedShareId @deleteRecord
      }
    }
  `);
  if (!conversation) return null;
  const hasExpired = new Date(expiresAt) <= new Date();
  const [day, relativeTime] = [dayOf(createdAt), fromNow(expiresAt)];
  const { title } = conversation;
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <Link
          to={chatPath(conversation.id)}
          dir="auto"
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {title}
        </Link>
        <p className="text-sm text-muted">
          {hasExpired ? t`Shared ${day}, expired ${relativeTime}` : t`Shared ${day}, expires ${relativeTime}`}
        </p>
      </div>
      <Button
        onClick={() => commit({ input: { id } })}
        busy={isRevoking}
        aria-label={t`Revoke the link to ${title}`}
      >
        <Trans>Revoke</Trans>
      </Button>
    </li>
  );
};
