import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { useCatchUp } from '../session/useCatchUp.ts';
import type { useMissedConversationsQuery } from './__generated__/useMissedConversationsQuery.graphql.ts';

/** Refetches the top of the list, with the folders. */
export const missedConversations = graphql`
  query useMissedConversationsQuery {
    ...ConversationList_query
  }
`;

/** Refetches the top of the list after the live connection opened. */
export const useMissedConversations = (): void => {
  const environment = useRelayEnvironment();
  useCatchUp(() =>
    // If it fails, the connection notice says so, and the next opening retries.
    fetchQuery<useMissedConversationsQuery>(environment, missedConversations, {}).subscribe({
      error: () => {},
    }),
  );
};
