import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { useCatchUp } from '../session/useCatchUp.ts';
import type { useMissedConversationsQuery } from './__generated__/useMissedConversationsQuery.graphql.ts';

const query = graphql`
  query useMissedConversationsQuery {
    ...ConversationList_query
  }
`;

/** Reads the top of the list again after the live connection opened. */
export const useMissedConversations = (): void => {
  const environment = useRelayEnvironment();
  useCatchUp(() =>
    // Where it fails too, the connection's notice says so, and the next opening tries again.
    fetchQuery<useMissedConversationsQuery>(environment, query, {}).subscribe({ error: () => {} }),
  );
};
