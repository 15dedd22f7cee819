import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { LimitHitList_query$key } from './__generated__/LimitHitList_query.graphql.ts';
import { LimitHitRow } from './LimitHitRow.tsx';

const page = 50;

export const LimitHitList = ({ query }: { query: LimitHitList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment LimitHitList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" })
      @refetchable(queryName: "LimitHitListPaginationQuery") {
        limitHits(first: $first, after: $after) @connection(key: "LimitHitList_limitHits") {
          edges {
            cursor
            node {
              ...LimitHitRow_hit
            }
          }
        }
      }
    `,
    query,
  );
  const { edges } = data.limitHits;
  return (
    <section aria-label={t`Limits hit`} className="pt-6">
      <p className="text-muted">
        {edges.length === 0
          ? t`No limit was hit in the last 24 hours.`
          : t`Users and addresses that reached a limit in the last 24 hours.`}
      </p>
      {edges.length > 0 && (
        <ul aria-label={t`Limits that were hit`} className="mt-4 divide-y divide-line border-y border-line">
          {edges.map(({ cursor, node }) => node && <LimitHitRow key={cursor} hit={node} />)}
        </ul>
      )}
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </section>
  );
};
