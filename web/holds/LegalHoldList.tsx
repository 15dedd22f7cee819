import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { LegalHoldList_query$key } from './__generated__/LegalHoldList_query.graphql.ts';
import { LegalHoldRow } from './LegalHoldRow.tsx';

const page = 30;

export const LegalHoldList = ({ query }: { query: LegalHoldList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment LegalHoldList_query on Query
      @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" })
      @refetchable(queryName: "LegalHoldListPaginationQuery") {
        legalHolds(first: $first, after: $after) @connection(key: "LegalHoldList_legalHolds") {
          edges {
            node {
              id
              ...LegalHoldRow_hold
            }
          }
        }
      }
    `,
    query,
  );
  const holds = data.legalHolds.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`Legal holds`} className="pt-6">
      <p className="text-muted">
        {holds.length === 0
          ? t`No data is under a legal hold. Place one in the menu of a user, under Users.`
          : t`This data can neither expire nor be deleted. Place another hold in the menu of a user, under Users.`}
      </p>
      {holds.length > 0 && (
        <ul aria-label={t`All legal holds`} className="mt-4 divide-y divide-line border-y border-line">
          {holds.map((hold) => (
            <LegalHoldRow key={hold.id} hold={hold} />
          ))}
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
