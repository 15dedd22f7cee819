import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useRegisterAgentMutation } from './__generated__/useRegisterAgentMutation.graphql.ts';
import type { NewAction } from './actionLines.ts';

export interface NewAgent {
  readonly agentId: string;
  readonly actions: readonly NewAction[];
}

/** `connection`: the list that the agent is added to. */
export const useRegisterAgent = (connection: string) => {
  const [commit, isRegistering] = useMutation<useRegisterAgentMutation>(graphql`
    mutation useRegisterAgentMutation($input: RegisterHealingAgentInput!, $connections: [ID!]!) {
      registerHealingAgent(input: $input) {
        secret
        healingAgentEdge @prependEdge(connections: $connections) {
          node {
            id
            ...AgentRow_agent
          }
        }
      }
    }
  `);
  const [registered, setRegistered] = useState<{ readonly id: string; readonly secret: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const register = useCallback(
    (input: NewAgent) => {
      setProblem(null);
      commit({
        variables: { input, connections: [connection] },
        onCompleted: ({ registerHealingAgent }) => {
          const id = registerHealingAgent?.healingAgentEdge.node?.id;
          setRegistered(id ? { id, secret: registerHealingAgent.secret } : null);
        },
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, connection],
  );
  const forget = useCallback(() => {
    setRegistered(null);
    setProblem(null);
  }, []);
  return { register, isRegistering, registered, problem, forget };
};
