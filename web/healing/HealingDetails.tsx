import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { Badge } from '../ui/Badge.tsx';
import { fromNow } from '../ui/moments.ts';
import type { HealingDetails_healing$key } from './__generated__/HealingDetails_healing.graphql.ts';
import { HealingDecision } from './HealingDecision.tsx';
import { HealingRoundItem } from './HealingRoundItem.tsx';
import { statusLabels } from './labels.ts';

export const HealingDetails = ({ healing: key }: { healing: HealingDetails_healing$key }) => {
  const healing = useFragment(
    graphql`
      fragment HealingDetails_healing on Healing {
        status
        question
        note
        createdAt
        agent {
          id
        }
        rounds {
          number
          ...HealingRoundItem_round
        }
        ...HealingDecision_healing
      }
    `,
    key,
  );
  const { status, question, note, rounds } = healing;
  const agentId = healing.agent.id;
  const when = fromNow(healing.createdAt);
  return (
    <article aria-label={t`Failure of ${agentId}`}>
      <div className="flex flex-wrap items-center gap-2">
        <h2 dir="auto" className="min-w-0 flex-1 text-lg font-semibold wrap-anywhere">
          {agentId}
        </h2>
        <Badge tone={status === 'NEEDS_PERSON' ? 'accent' : 'plain'}>
          {statusLabels[status]?.() ?? status}
        </Badge>
      </div>
      <p className="mt-1 text-sm text-muted">
        <Trans>Reported {when}</Trans>
      </p>
      <div aria-live="polite">
        {question !== '' && (
          <p dir="auto" className="mt-3 wrap-anywhere">
            {question}
          </p>
        )}
        {note !== '' && (
          <p className="mt-3 wrap-anywhere">
            <Trans>Closed: {note}</Trans>
          </p>
        )}
      </div>
      <HealingDecision healing={healing} />
      {rounds.length === 0 ? (
        <p className="mt-6 text-muted">
          <Trans>There is no diagnosis yet.</Trans>
        </p>
      ) : (
        <ol aria-label={t`Rounds`} className="mt-6 space-y-4">
          {rounds.map((round) => (
            <HealingRoundItem key={round.number} round={round} />
          ))}
        </ol>
      )}
    </article>
  );
};
