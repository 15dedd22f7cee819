import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../../ui/Button.tsx';
import type { UserUsageList_query$key } from './__generated__/UserUsageList_query.graphql.ts';
import { UserUsageRow } from './UserUsageRow.tsx';

const page = 30;

/** The users with usage, those of most tokens first. */
export const UserUsageList = ({ query }: { query: UserUsageList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment UserUsageList_query on Query
      @argumentDefinitions(
        from: { type: "DateTime!" }
        first: { type: "Int", defaultValue: 30 }
        after: { type: "String" }
      )
      @refetchable(queryName: "UserUsageListPaginationQuery") {
        usageByUser(from: $from, first: $first, after: $after)
          @connection(key: "UserUsageList_usageByUser", filters: ["from"]) {
          edges {
            cursor
            node {
              ...UserUsageRow_usage
            }
          }
        }
      }
    `,
    query,
  );
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="font-semibold">
        <Trans>By user</Trans>
      </h2>
      <ul aria-labelledby={heading} className="mt-3 divide-y divide-line border-y border-line">
        {data.usageByUser.edges.map(({ cursor, node }) => (
          <UserUsageRow key={cursor} usage={node} />
        ))}
      </ul>
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </section>
  );
};
