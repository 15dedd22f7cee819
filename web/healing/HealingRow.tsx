import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { Badge } from '../ui/Badge.tsx';
import { fromNow } from '../ui/moments.ts';
import type { HealingRow_healing$key } from './__generated__/HealingRow_healing.graphql.ts';
import { statusLabels } from './labels.ts';

/** A failure of an agent in the list, with a link to its details. */
export const HealingRow = ({ healing: key }: { healing: HealingRow_healing$key }) => {
  const { id, agent, status, question, rounds, createdAt } = useFragment(
    graphql`
      fragment HealingRow_healing on Healing {
        id
        status
        question
        createdAt
        agent {
          id
        }
        rounds {
          number
          diagnosis
          action
        }
      }
    `,
    key,
  );
  const last = rounds.at(-1);
  return (
    <li>
      <Link to={`/healing/${encodeURIComponent(id)}`} className="block rounded-lg px-2 py-3 hover:bg-hover">
        <span className="flex flex-wrap items-center gap-2">
          <span dir="auto" className="min-w-0 flex-1 font-medium wrap-anywhere">
            {agent.id}
          </span>
          <Badge tone={status === 'NEEDS_PERSON' ? 'accent' : 'plain'}>
            {statusLabels[status]?.() ?? status}
          </Badge>
        </span>
        <span dir="auto" className="mt-0.5 block text-sm wrap-anywhere">
          {question || last?.diagnosis || t`The failure is being diagnosed.`}
        </span>
        <span className="mt-0.5 block text-sm text-muted">{fromNow(createdAt)}</span>
      </Link>
    </li>
  );
};
