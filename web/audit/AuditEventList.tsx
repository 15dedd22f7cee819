import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useEffect, useState, useTransition } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import type { AuditEventList_query$key } from './__generated__/AuditEventList_query.graphql.ts';
import { AuditEventRow } from './AuditEventRow.tsx';
import { AuditFilterForm } from './AuditFilterForm.tsx';
import { askedOf, everything, isPossible } from './filter.ts';

const page = 50;
/** The debounce of filter changes, in ms. */
const pause = 250;

export const AuditEventList = ({ query }: { query: AuditEventList_query$key }) => {
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment(
    graphql`
      fragment AuditEventList_query on Query
      @argumentDefinitions(
        first: { type: "Int", defaultValue: 50 }
        after: { type: "String" }
        filter: { type: "AuditFilter" }
      )
      @refetchable(queryName: "AuditEventListPaginationQuery") {
        auditLog(first: $first, after: $after, filter: $filter)
          @connection(key: "AuditEventList_auditLog", filters: ["filter"]) {
          edges {
            node {
              id
              ...AuditEventRow_event
            }
          }
        }
      }
    `,
    query,
  );
  const [filter, setFilter] = useState(everything);
  const [shown, setShown] = useState(everything);
  const [isFiltering, startFiltering] = useTransition();
  useEffect(() => {
    if (filter === shown || !isPossible(filter)) return;
    const timer = setTimeout(
      () =>
        startFiltering(() => {
          setShown(filter);
          refetch({ first: page, filter: askedOf(filter) }, { fetchPolicy: 'store-and-network' });
        }),
      pause,
    );
    return () => clearTimeout(timer);
  }, [filter, shown, refetch]);

  const events = data.auditLog.edges.flatMap(({ node }) => node ?? []);
  return (
    <section aria-label={t`Audit log`} aria-busy={isFiltering} className="pt-6">
      <AuditFilterForm filter={filter} onChange={setFilter} />
      {events.length === 0 ? (
        <p role="status" className="py-8 text-muted">
          <Trans>No matching events.</Trans>
        </p>
      ) : (
        <ul aria-label={t`Events`} className="mt-4 divide-y divide-line border-y border-line">
          {events.map((event) => (
            <AuditEventRow key={event.id} event={event} />
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
