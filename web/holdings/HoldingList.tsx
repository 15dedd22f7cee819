import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { RotateCw } from 'lucide-react';
import { useTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { HoldingList_query$key } from './__generated__/HoldingList_query.graphql.ts';
import { HoldingRow } from './HoldingRow.tsx';

const page = 50;

export const HoldingList = ({ query }: { query: HoldingList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment HoldingList_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 50 }
        after: { type: "String" }
        resource: { type: "HeldResource" }
      )
      @refetchable(queryName: "HoldingListPaginationQuery") {
        holdings(first: $first, after: $after, resource: $resource)
          @connection(key: "HoldingList_holdings") {
          edges {
            cursor
            node {
              ...HoldingRow_holding
            }
          }
        }
      }
    `,
    query,
  );
  const [isRefreshing, startRefresh] = useTransition();
  const { edges } = data.holdings;
  return (
    <>
      <div className="flex items-start justify-between gap-3">
        <p className="text-muted">
          {edges.length === 0
            ? t`Nobody uses any of it now.`
            : t`What users, API keys and addresses use now.`}
        </p>
        <Button
          onClick={() => startRefresh(() => void refetch({}, { fetchPolicy: 'network-only' }))}
          busy={isRefreshing}
        >
          <RotateCw size={16} aria-hidden="true" />
          <Trans>Refresh</Trans>
        </Button>
      </div>
      {edges.length > 0 && (
        <ul aria-label={t`Held resources`} className="divide-y divide-line border-y border-line">
          {edges.map(({ cursor, node }) => (
            <HoldingRow key={cursor} holding={node} />
          ))}
        </ul>
      )}
      {hasNext && (
        <Button className="self-start" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
};
