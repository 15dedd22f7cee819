import { t } from '@lingui/core/macro';
import { graphql } from 'react-relay';
import { useSearchParams } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { useTitle } from '../ui/useTitle.ts';
import type { UsagePageQuery } from './__generated__/UsagePageQuery.graphql.ts';
import { NothingUsed } from './NothingUsed.tsx';
import { QuotaList } from './QuotaList.tsx';
import { RangeChoice } from './RangeChoice.tsx';
import { daysOf, rangeOf } from './ranges.ts';
import { UsageByDay } from './UsageByDay.tsx';
import { UsageByModel } from './UsageByModel.tsx';
import { UsageTotals } from './UsageTotals.tsx';

/** The viewer's usage and what is left of the quotas. */
export const UsagePage = () => {
  useTitle(t`Usage`);
  const { viewer, byDay, byModel } = useRouteQuery<UsagePageQuery>(graphql`
    query UsagePageQuery($from: DateTime!) @preloadable {
      viewer {
        viewerCanGenerate
        ...QuotaList_viewer
      }
      byDay: usage(from: $from, by: DAY) {
        total {
          generations
          ...UsageTotals_amount
        }
        ...UsageByDay_report
      }
      byModel: usage(from: $from, by: MODEL) {
        ...UsageByModel_report
      }
    }
  `);
  const [search] = useSearchParams();
  const range = rangeOf(search);
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Usage`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto flex max-w-3xl flex-col gap-9">
          {viewer && <QuotaList viewer={viewer} />}
          <RangeChoice chosen={range} />
          {byDay.total.generations === 0 ? (
            <NothingUsed canAsk={viewer?.viewerCanGenerate ?? false} />
          ) : (
            <>
              <UsageTotals amount={byDay.total} />
              <UsageByDay report={byDay} days={daysOf(range, new Date())} />
              <UsageByModel report={byModel} />
            </>
          )}
        </div>
      </div>
    </div>
  );
};
