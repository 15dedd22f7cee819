import { t } from '@lingui/core/macro';
import { memo } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { LoadBoundary } from '../ui/LoadBoundary.tsx';
import type { ToolCallsQuery } from './__generated__/ToolCallsQuery.graphql.ts';
import { ToolCallCard } from './ToolCallCard.tsx';

interface ToolCallsProps {
  readonly generationId: string;
}

/**
 * The calls of tools of an answer. They load by themselves, and not with the messages, whose query would cost too much. The
 * stream of a running answer keeps them current.
 */
export const ToolCalls = memo(({ generationId }: ToolCallsProps) => (
  <div className="mb-3">
    <LoadBoundary loadingClass="text-sm text-muted">
      {(fetchKey) => <Loaded generationId={generationId} fetchKey={fetchKey} />}
    </LoadBoundary>
  </div>
));
ToolCalls.displayName = 'ToolCalls';

const Loaded = ({ generationId, fetchKey }: ToolCallsProps & { readonly fetchKey: number }) => {
  const { node } = useLazyLoadQuery<ToolCallsQuery>(
    graphql`
      query ToolCallsQuery($id: ID!) {
        node(id: $id) {
          ... on Generation {
            toolCalls {
              id
              ...ToolCallCard_call
            }
          }
        }
      }
    `,
    { id: generationId },
    { fetchPolicy: 'store-or-network', fetchKey },
  );
  return (
    <section aria-label={t`Calls of tools`}>
      <ul className="flex flex-col gap-1.5">
        {node?.toolCalls?.map((call) => (
          <ToolCallCard key={call.id} generationId={generationId} call={call} />
        ))}
      </ul>
    </section>
  );
};
