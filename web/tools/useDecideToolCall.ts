import { useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useDecideToolCallMutation } from './__generated__/useDecideToolCallMutation.graphql.ts';
import type { Decision } from './ToolDecision.tsx';

/**
 * Allows or denies a call of a tool that waits. The mutation returns nothing of the call: its response may arrive after later
 * events of the subscription, which it would undo.
 */
export const useDecideToolCall = (id: string) => {
  const [commit, isDeciding] = useMutation<useDecideToolCallMutation>(graphql`
    mutation useDecideToolCallMutation($input: DecideToolCallInput!) {
      decideToolCall(input: $input) {
        clientMutationId
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const decide = (decision: Decision) => {
    setProblem(null);
    commit({
      variables: { input: { id, decision } },
      onError: (error) => setProblem(messageOf(error)),
    });
  };
  return { decide, isDeciding, problem };
};
