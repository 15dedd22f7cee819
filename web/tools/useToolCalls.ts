import { graphql, useLazyLoadQuery } from 'react-relay';
import type { FetchPolicy } from 'relay-runtime';
import type { useToolCallsQuery } from './__generated__/useToolCallsQuery.graphql.ts';

export const toolCallsQuery = graphql`
  query useToolCallsQuery($id: ID!) {
    node(id: $id) {
      ... on Generation {
        toolCalls {
          id
          offset
          name
          viewerCanDecide
          ...ToolCallCard_call
        }
      }
    }
  }
`;

/** The calls of tools of an answer, oldest first. */
export const useToolCalls = (generationId: string, fetchPolicy: FetchPolicy, fetchKey?: number) => {
  const { node } = useLazyLoadQuery<useToolCallsQuery>(
    toolCallsQuery,
    { id: generationId },
    { fetchPolicy, ...(fetchKey !== undefined && { fetchKey }) },
  );
  return node?.toolCalls ?? none;
};

const none = [] as const;
