import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { AgentList_query$key } from './__generated__/AgentList_query.graphql.ts';
import { AgentRow } from './AgentRow.tsx';
import { RegisterAgent } from './RegisterAgent.tsx';

const page = 20;

export interface AgentListProps {
  readonly query: AgentList_query$key;
  readonly canRegister: boolean;
}

/** The registered agents, newest first. */
export const AgentList = ({ query, canRegister }: AgentListProps) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment AgentList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "AgentListPaginationQuery") {
        healingAgents(first: $first, after: $after) @connection(key: "AgentList_healingAgents") {
          __id
          edges {
            node {
              id
              ...AgentRow_agent
            }
          }
        }
      }
    `,
    query,
  );
  const [isOpen, setOpen] = useState(false);
  const { __id: connection, edges } = data.healingAgents;
  const agents = edges.flatMap(({ node }) => node ?? []);
  return (
    <>
      <p className="text-muted">
        <Trans>
          An agent that is registered here reports its failures, and gets a diagnosis with one of its declared
          actions.
        </Trans>
      </p>
      {agents.length > 0 && (
        <ul aria-label={t`Registered agents`} className="mt-3 divide-y divide-line border-y border-line">
          {agents.map((agent) => (
            <AgentRow key={agent.id} agent={agent} connection={connection} />
          ))}
        </ul>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        {canRegister && (
          <Button onClick={() => setOpen(true)}>
            <Trans>Register an agent…</Trans>
          </Button>
        )}
        {hasNext && (
          <Button tone="quiet" onClick={() => loadNext(page)} busy={isLoadingNext}>
            <Trans>Show more</Trans>
          </Button>
        )}
      </div>
      <RegisterAgent open={isOpen} onOpenChange={setOpen} connection={connection} />
    </>
  );
};
