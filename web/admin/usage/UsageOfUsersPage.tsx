import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql } from 'react-relay';
import { useSearchParams } from 'react-router';
import { useRouteQuery } from '../../relay/useRouteQuery.ts';
import { useTitle } from '../../ui/useTitle.ts';
import { RangeChoice } from '../../usage/RangeChoice.tsx';
import { rangeOf } from '../../usage/ranges.ts';
import { UsageByModel } from '../../usage/UsageByModel.tsx';
import { UsageTotals } from '../../usage/UsageTotals.tsx';
import type { UsageOfUsersPageQuery } from './__generated__/UsageOfUsersPageQuery.graphql.ts';
import { UserUsageList } from './UserUsageList.tsx';

/** The usage of all users: in total, by model, and of each user. */
export const UsageOfUsersPage = () => {
  useTitle(t`Usage of all users`);
  const query = useRouteQuery<UsageOfUsersPageQuery>(graphql`
    query UsageOfUsersPageQuery($from: DateTime!) @preloadable {
      usageOfAll(from: $from, by: MODEL) {
        total {
          generations
          ...UsageTotals_amount
        }
        ...UsageByModel_report
      }
      ...UserUsageList_query @arguments(from: $from)
    }
  `);
  const range = rangeOf(useSearchParams()[0]);
  const { usageOfAll } = query;
  return (
    <section aria-label={t`Usage`} className="flex flex-col gap-9 pt-6">
      <RangeChoice chosen={range} path="/admin/usage" />
      {usageOfAll.total.generations === 0 ? (
        <p className="text-muted">
          <Trans>No usage in this period.</Trans>
        </p>
      ) : (
        <>
          <UsageTotals amount={usageOfAll.total} />
          <UsageByModel report={usageOfAll} />
          <UserUsageList query={query} />
        </>
      )}
    </section>
  );
};
