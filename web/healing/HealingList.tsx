import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { HealingList_query$key } from './__generated__/HealingList_query.graphql.ts';
import { HealingRow } from './HealingRow.tsx';

const page = 20;

export interface HealingListProps {
  readonly query: HealingList_query$key;
  /** Whether failures that need no person are listed too. */
  readonly showsAll: boolean;
}

/** Failures of agents, newest first. */
export const HealingList = ({ query, showsAll }: HealingListProps) => {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment(
    graphql`
      fragment HealingList_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 20 }
        after: { type: "String" }
        status: { type: "HealingStatus" }
      )
      @refetchable(queryName: "HealingListPaginationQuery") {
        healings(first: $first, after: $after, status: $status) @connection(key: "HealingList_healings") {
          edges {
            node {
              id
              ...HealingRow_healing
            }
          }
        }
      }
    `,
    query,
  );
  const healings = data.healings.edges.flatMap(({ node }) => node ?? []);
  if (healings.length === 0) {
    return (
      <p className="pb-4 text-muted">
        {showsAll ? t`No agent reported a failure.` : t`No failure needs a decision.`}
      </p>
    );
  }
  return (
    <>
      <ul aria-label={t`Failures`} className="divide-y divide-line border-y border-line">
        {healings.map((healing) => (
          <HealingRow key={healing.id} healing={healing} />
        ))}
      </ul>
      {hasNext && (
        <Button className="mt-4" onClick={() => loadNext(page)} busy={isLoadingNext}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
};
