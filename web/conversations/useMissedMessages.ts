import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { useOnReconnect } from '../session/useOnReconnect.ts';
import type { useMissedMessagesQuery } from './__generated__/useMissedMessagesQuery.graphql.ts';

const query = graphql`
  query useMissedMessagesQuery($id: ID!) {
    node(id: $id) {
      ... on Conversation {
        latest: messages(last: 1) {
          edges {
            node {
              id
            }
          }
        }
      }
    }
  }
`;

/**
 * After the live connection was away, asks whether the conversation has gone on without this tab. Only for the id: the
 * text of a running answer comes by its stream, and an older reading of it would take back what is shown.
 */
export const useMissedMessages = (id: string, lastId: string | null, onMissed: () => void): void => {
  const environment = useRelayEnvironment();
  useOnReconnect(() =>
    fetchQuery<useMissedMessagesQuery>(environment, query, { id }).subscribe({
      next: ({ node }) => {
        const latest = node?.latest?.edges.at(-1)?.node.id;
        if (latest && latest !== lastId) onMissed();
      },
      // Where it fails too, the connection's notice says so, and the next reconnect tries again.
      error: () => {},
    }),
  );
};
