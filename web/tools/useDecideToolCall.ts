import { useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useDecideToolCallMutation } from './__generated__/useDecideToolCallMutation.graphql.ts';
import type { Decision } from './ToolDecision.tsx';
import { useReloadCalls } from './useReloadCalls.ts';

export interface DecidableCall {
  readonly generationId: string;
  readonly id: string;
  readonly state: string;
}

/**
 * Allows or denies a call of a tool that waits. The mutation returns nothing of the call: its response may arrive after later
 * events of the subscription, which it would undo. The outcome of a decision belongs to the state in which it was made.
 */
export const useDecideToolCall = ({ generationId, id, state }: DecidableCall) => {
  const [commit, isInFlight] = useMutation<useDecideToolCallMutation>(graphql`
    mutation useDecideToolCallMutation($input: DecideToolCallInput!) {
      decideToolCall(input: $input) {
        clientMutationId
      }
    }
  `);
  const reload = useReloadCalls(generationId);
  const [outcome, setOutcome] = useState<{ readonly state: string; readonly problem: string | null } | null>(
    null,
  );
  const decide = (decision: Decision) => {
    setOutcome(null);
    // Also after a failure: another tab may have decided, or the response may be lost.
    const end = (problem: string | null) => {
      setOutcome({ state, problem });
      reload();
    };
    commit({
      variables: { input: { id, decision } },
      onCompleted: () => end(null),
      onError: (error) => end(messageOf(error)),
    });
  };
  const present = outcome?.state === state ? outcome : null;
  const problem = present?.problem ?? null;
  // After a success, until the new state has arrived: a second decision would be a conflict.
  return { decide, isDeciding: isInFlight || (present !== null && problem === null), problem };
};
