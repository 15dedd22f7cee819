import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { startTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { SessionList_viewer$key } from './__generated__/SessionList_viewer.graphql.ts';
import { SessionRow } from './SessionRow.tsx';
import { useRevokeOtherSessions } from './useRevokeOtherSessions.ts';

const page = 20;

export const SessionList = ({ viewer }: { viewer: SessionList_viewer$key }) => {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment SessionList_viewer on User
      @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
      @refetchable(queryName: "SessionListPaginationQuery") {
        sessions(first: $first, after: $after) @connection(key: "SessionList_sessions") {
          edges {
            node {
              id
              current
              ...SessionRow_session
            }
          }
        }
      }
    `,
    viewer,
  );
  const { revokeOthers, isRevoking } = useRevokeOtherSessions(() =>
    // In a transition, because the page would be replaced by its skeleton otherwise.
    startTransition(() => void refetch({ first: page }, { fetchPolicy: 'store-and-network' })),
  );
  // A session that was just ended is null until the list is refetched.
  const sessions = data.sessions.edges.flatMap(({ node }) => node ?? []);
  return (
    <>
      <ul aria-label={t`Where you are signed in`} className="divide-y divide-line border-y border-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        {hasNext && (
          <Button onClick={() => loadNext(page)} busy={isLoadingNext}>
            <Trans>Show more</Trans>
          </Button>
        )}
        {sessions.some(({ current }) => !current) && (
          <Button onClick={revokeOthers} busy={isRevoking}>
            <Trans>Sign out everywhere else</Trans>
          </Button>
        )}
      </div>
    </>
  );
};
