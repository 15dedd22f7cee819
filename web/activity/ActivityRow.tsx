import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Square } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { exactly, lasting } from '../ui/moments.ts';
import { whole } from '../usage/amounts.ts';
import type { ActivityRow_generation$key } from './__generated__/ActivityRow_generation.graphql.ts';
import { useCancelActiveGeneration } from './useCancelActiveGeneration.ts';

export interface ActivityRowProps {
  readonly generation: ActivityRow_generation$key;
  /** Whether it is the viewer's own answer. */
  readonly isViewers: boolean;
  readonly now: Date;
  readonly onStopped: () => void;
}

export const ActivityRow = ({ generation: key, isViewers, now, onStopped }: ActivityRowProps) => {
  const generation = useFragment(
    graphql`
      fragment ActivityRow_generation on ActiveGeneration {
        generationId
        user {
          username
        }
        model
        status
        queuePosition
        isInConversation
        attempt
        createdAt
        startedAt
      }
    `,
    key,
  );
  const { cancel, isStopping } = useCancelActiveGeneration(generation.generationId, onStopped);
  const { attempt, queuePosition } = generation;
  const attemptNumber = whole(attempt);
  const name = generation.user?.username ?? t`A deleted user`;
  const isRunning = generation.status === 'RUNNING';
  const since = generation.startedAt ?? generation.createdAt;
  const facts = [
    generation.model,
    generation.isInConversation ? t`in a conversation` : t`outside of conversations`,
    ...(attempt > 1 ? [t`attempt ${attemptNumber}`] : []),
  ];
  const [moment, duration] = [exactly(since), lasting(since, now)];
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="max-w-full truncate font-medium">{name}</span>
          {isViewers && (
            <Badge>
              <Trans>You</Trans>
            </Badge>
          )}
          {isRunning ? (
            <Badge tone="accent">
              <Trans>Running</Trans>
            </Badge>
          ) : (
            <Badge>{waiting(queuePosition)}</Badge>
          )}
        </p>
        <p className="text-sm wrap-anywhere text-muted">
          <Trans comment="How long an answer has been waiting or running">
            For{' '}
            <time dateTime={since} title={t`Since ${moment}`} className="tabular-nums">
              {duration}
            </time>
          </Trans>
          {' · '}
          {facts.join(' · ')}
        </p>
      </div>
      <Button
        onClick={cancel}
        busy={isStopping}
        aria-label={isStopping ? t`Stopping… the answer for ${name}` : t`Stop the answer for ${name}`}
      >
        <Square size={14} fill="currentColor" aria-hidden="true" />
        {isStopping ? t`Stopping…` : t`Stop`}
      </Button>
    </li>
  );
};

const waiting = (position: number | null | undefined): string => {
  if (!position) return t`Waiting`;
  const place = whole(position);
  return t`Waiting, place ${place}`;
};
