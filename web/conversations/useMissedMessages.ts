import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { isActive } from '../generations/status.ts';
import { useCatchUp } from '../session/useCatchUp.ts';
import type { useMissedMessagesQuery } from './__generated__/useMissedMessagesQuery.graphql.ts';

const query = graphql`
  query useMissedMessagesQuery($id: ID!) {
    node(id: $id) {
      ... on Conversation {
        latest: messages(last: 1) {
          edges {
            node {
              id
              generation {
                id
                status
                attempt
              }
            }
          }
        }
      }
    }
  }
`;

interface LastMessage {
  readonly id: string;
  readonly generation: { readonly status: string; readonly attempt: number } | null | undefined;
}

/** Whether an attempt ended that this page never subscribed to, so that no stream brings its text. */
const hasEndedAnew = ({ generation }: LastMessage, held: LastMessage): boolean =>
  generation?.attempt !== held.generation?.attempt && !isActive(generation?.status);

/**
 * Checks after each opening of the live connection whether the conversation changed without this tab. Fetches only ids and
 * statuses: the text of a running answer comes by its stream, which the status starts, and an older copy of the text
 * would overwrite what is shown.
 */
export const useMissedMessages = (id: string, last: LastMessage | null, onMissed: () => void): void => {
  const environment = useRelayEnvironment();
  useCatchUp(() =>
    fetchQuery<useMissedMessagesQuery>(environment, query, { id }).subscribe({
      next: ({ node }) => {
        const latest = node?.latest?.edges.at(-1)?.node;
        if (latest && (latest.id !== last?.id || hasEndedAnew(latest, last))) onMissed();
      },
      // If it fails, the connection notice says so, and the next opening retries.
      error: () => {},
    }),
  );
};
