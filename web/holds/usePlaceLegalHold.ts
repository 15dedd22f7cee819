import { useCallback, useState } from 'react';
import { graphql, useMutation } from 'react-relay';
import { ConnectionHandler, ROOT_ID } from 'relay-runtime';
import { messageOf } from '../relay/failure.ts';
import type { usePlaceLegalHoldMutation } from './__generated__/usePlaceLegalHoldMutation.graphql.ts';

export const usePlaceLegalHold = (userId: string, onDone: () => void) => {
  const [commit, isPlacing] = useMutation<usePlaceLegalHoldMutation>(graphql`
    mutation usePlaceLegalHoldMutation($input: PlaceLegalHoldInput!, $connections: [ID!]!) {
      placeLegalHold(input: $input) {
        legalHold @prependNode(connections: $connections, edgeTypeName: "LegalHoldEdge") {
          id
          ...LegalHoldRow_hold
        }
      }
    }
  `);
  const [problem, setProblem] = useState<string | null>(null);
  const place = useCallback(
    (reason: string, conversationId: string | null) => {
      setProblem(null);
      commit({
        variables: {
          input: { userId, reason, conversationId },
          connections: [ConnectionHandler.getConnectionID(ROOT_ID, 'LegalHoldList_legalHolds')],
        },
        onCompleted: onDone,
        onError: (error) => setProblem(messageOf(error)),
      });
    },
    [commit, userId, onDone],
  );
  const forget = useCallback(() => setProblem(null), []);
  return { place, isPlacing, problem, forget };
};
