import { Square } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { fromNow } from '../ui/moments.ts';
import type { ActivityRow_generation$key } from './__generated__/ActivityRow_generation.graphql.ts';
import { useCancelActiveGeneration } from './useCancelActiveGeneration.ts';

export const ActivityRow = ({ generation: key }: { generation: ActivityRow_generation$key }) => {
  const {
    generationId,
    user,
    model,
    status,
    queuePosition,
    isInConversation,
    attempt,
    createdAt,
    startedAt,
  } = useFragment(
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
  const { cancel, isStopping } = useCancelActiveGeneration(generationId);
  const name = user?.username ?? 'A deleted user';
  const facts = [
    model,
    isInConversation ? 'in a conversation' : 'by a program',
    startedAt ? `begun ${fromNow(startedAt)}` : `asked for ${fromNow(createdAt)}`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  const isRunning = status === 'RUNNING';
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{name}</span>
          <span
            className={`shrink-0 rounded-md px-1.5 py-0.5 text-xs font-medium ${isRunning ? 'bg-accent-soft text-accent' : 'bg-sunken text-muted'}`}
          >
            {isRunning ? 'Running' : queuePosition ? `Waiting, place ${queuePosition}` : 'Waiting'}
          </span>
        </p>
        <p className="truncate text-sm text-muted">{facts.join(' · ')}</p>
      </div>
      <Button onClick={cancel} busy={isStopping} aria-label={`Stop the answer for ${name}`}>
        <Square size={14} fill="currentColor" aria-hidden="true" />
        {isStopping ? 'Stopping…' : 'Stop'}
      </Button>
    </li>
  );
};
