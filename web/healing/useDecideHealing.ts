import { useCallback, useState } from 'react';
import { fetchQuery, graphql, useMutation, useRelayEnvironment } from 'react-relay';
import { messageOf } from '../relay/failure.ts';
import type { useDecideHealingApproveMutation } from './__generated__/useDecideHealingApproveMutation.graphql.ts';
import type { useDecideHealingCloseMutation } from './__generated__/useDecideHealingCloseMutation.graphql.ts';
import type { useDecideHealingQuery } from './__generated__/useDecideHealingQuery.graphql.ts';

/** Approves an action or closes a healing. A healing that changed meanwhile is loaded again. */
export const useDecideHealing = (id: string) => {
  const environment = useRelayEnvironment();
  const [problem, setProblem] = useState<string | null>(null);
  const [commitApproval, isApproving] = useMutation<useDecideHealingApproveMutation>(graphql`
    mutation useDecideHealingApproveMutation($input: ApproveAgentActionInput!) {
      approveAgentAction(input: $input) {
        healing {
          ...HealingDetails_healing
        }
      }
    }
  `);
  const [commitClose, isClosing] = useMutation<useDecideHealingCloseMutation>(graphql`
    mutation useDecideHealingCloseMutation($input: CloseHealingInput!) {
      closeHealing(input: $input) {
        healing {
          ...HealingDetails_healing
        }
      }
    }
  `);
  const onError = useCallback(
    (error: Error) => {
      setProblem(messageOf(error));
      fetchQuery<useDecideHealingQuery>(
        environment,
        graphql`
          query useDecideHealingQuery($id: ID!) {
            node(id: $id) {
              ...HealingDetails_healing @alias(as: "healing")
            }
          }
        `,
        { id },
      ).subscribe({});
    },
    [environment, id],
  );
  const approve = useCallback(
    (action: string, reason: string) => {
      setProblem(null);
      commitApproval({ variables: { input: { id, action, reason } }, onError });
    },
    [commitApproval, id, onError],
  );
  const close = useCallback(
    (reason: string) => {
      setProblem(null);
      commitClose({ variables: { input: { id, reason } }, onError });
    },
    [commitClose, id, onError],
  );
  return { approve, close, isBusy: isApproving || isClosing, problem };
};
