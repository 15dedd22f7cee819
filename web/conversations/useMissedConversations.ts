import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { useOnReconnect } from '../session/useOnReconnect.ts';
import type { useMissedConversationsQuery } from './__generated__/useMissedConversationsQuery.graphql.ts';

const query = graphql`
  query useMissedConversationsQuery {
    ...ConversationList_query
  }
`;

/** Reads the top of the list again after the live connection was away. */
export const useMissedConversations = (): void => {
  const environment = useRelayEnvironment();
  useOnReconnect(() =>
    // Where it fails too, the connection's notice says so, and the next reconnect tries again.
    fetchQuery<useMissedConversationsQuery>(environment, query, {}).subscribe({ error: () => {} }),
  );
};
