import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { dayOf, exactly } from '../ui/moments.ts';
import type { LegalHoldRow_hold$key } from './__generated__/LegalHoldRow_hold.graphql.ts';
import { useReleaseLegalHold } from './useReleaseLegalHold.ts';

export const LegalHoldRow = ({ hold: key }: { hold: LegalHoldRow_hold$key }) => {
  const { id, user, conversationId, reason, placedBy, createdAt } = useFragment(
    graphql`
      fragment LegalHoldRow_hold on LegalHold {
        id
        user {
          username
        }
        conversationId
        reason
        placedBy
        createdAt
      }
    `,
    key,
  );
  const [isAsking, setAsking] = useState(false);
  const { release, isReleasing } = useReleaseLegalHold(id);
  const username = user?.username ?? t`A deleted user`;
  const day = dayOf(createdAt);
  return (
    <li className="flex items-start gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="truncate font-medium">{username}</span>
          {conversationId === null ? (
            <span className="text-sm text-muted">
              <Trans>all data</Trans>
            </span>
          ) : (
            <span className="min-w-0 text-sm wrap-anywhere text-muted">
              <Trans>
                conversation{' '}
                <code dir="ltr" className="font-mono text-xs">
                  {conversationId}
                </code>
              </Trans>
            </span>
          )}
        </p>
        <p dir="auto" className="wrap-anywhere">
          {reason}
        </p>
        <p className="text-sm text-muted">
          <time dateTime={createdAt} title={exactly(createdAt)}>
            <Trans>
              placed by {placedBy}, {day}
            </Trans>
          </time>
        </p>
      </div>
      <Button
        onClick={() => setAsking(true)}
        busy={isReleasing}
        aria-label={t`Release the hold on ${username}: ${reason}`}
      >
        <Trans context="legal hold">Release</Trans>
      </Button>
      <Confirm
        open={isAsking}
        title={t`Release the hold on ${username}?`}
        description={t`Data that no other hold covers can be deleted again, and expires by the configured policy.`}
        action={t({ message: 'Release', context: 'legal hold' })}
        onConfirm={release}
        onClose={() => setAsking(false)}
      />
    </li>
  );
};
