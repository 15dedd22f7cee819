import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment, useMutation } from 'react-relay';
import { locale } from '../language/language.ts';
import { messageOf } from '../relay/failure.ts';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { AgentRow_agent$key } from './__generated__/AgentRow_agent.graphql.ts';
import type { AgentRowDeleteMutation } from './__generated__/AgentRowDeleteMutation.graphql.ts';

export interface AgentRowProps {
  readonly agent: AgentRow_agent$key;
  /** The list that it is in. */
  readonly connection: string;
}

export const AgentRow = ({ agent: key, connection }: AgentRowProps) => {
  const { id, agent, actions } = useFragment(
    graphql`
      fragment AgentRow_agent on HealingAgent {
        id
        agent {
          id
        }
        actions {
          name
        }
      }
    `,
    key,
  );
  const agentId = agent.id;
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [remove, isRemoving] = useMutation<AgentRowDeleteMutation>(graphql`
    mutation AgentRowDeleteMutation($input: DeleteHealingAgentInput!, $connections: [ID!]!) {
      deleteHealingAgent(input: $input) {
        deletedHealingAgentId @deleteEdge(connections: $connections)
      }
    }
  `);
  const onConfirm = () => {
    setAsking(false);
    setProblem(null);
    remove({
      variables: { input: { id }, connections: [connection] },
      onError: (error) => setProblem(messageOf(error)),
    });
  };
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-0 flex-1">
          <p dir="auto" className="font-medium wrap-anywhere">
            {agentId}
          </p>
          <p className="text-sm text-muted wrap-anywhere">
            {new Intl.ListFormat(locale(), { type: 'unit' }).format(actions.map(({ name }) => name))}
          </p>
        </div>
        <CopyButton text={id} label={t`Copy the id of ${agentId} for its events`} />
        <Button
          tone="quiet"
          busy={isRemoving}
          onClick={() => setAsking(true)}
          aria-label={t`Delete ${agentId}`}
        >
          <Trans>Delete…</Trans>
        </Button>
      </div>
      {problem && (
        <div className="mt-2">
          <Problem>{problem}</Problem>
        </div>
      )}
      <Confirm
        open={isAsking}
        title={t`Delete ${agentId}?`}
        description={t`Its secret becomes invalid, so it can't report failures any more. Its failures are kept.`}
        action={t`Delete it`}
        onConfirm={onConfirm}
        onClose={() => setAsking(false)}
      />
    </li>
  );
};
