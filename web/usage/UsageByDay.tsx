import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { UsageByDay_report$key } from './__generated__/UsageByDay_report.graphql.ts';
import { noAmount } from './amounts.ts';
import { DayChart } from './DayChart.tsx';
import { DayTable } from './DayTable.tsx';

export interface UsageByDayProps {
  readonly report: UsageByDay_report$key;
  /** All days to show, oldest first, including those without usage, which the report omits. */
  readonly days: readonly string[];
}

export const UsageByDay = ({ report: key, days }: UsageByDayProps) => {
  const { groups } = useFragment(
    graphql`
      fragment UsageByDay_report on UsageReport {
        groups {
          key
          sum {
            generations
            cachedGenerations
            promptTokens
            completionTokens
          }
        }
      }
    `,
    key,
  );
  const heading = useId();
  const byDay = new Map(groups.map(({ key: day, sum }) => [day, sum]));
  const shown = days.map((day) => ({ day, amount: byDay.get(day) ?? noAmount }));
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="font-semibold">
        <Trans>Tokens by day</Trans>
      </h2>
      <DayChart days={shown} />
      <details className="mt-3">
        <summary className="w-fit cursor-pointer rounded text-sm text-muted hover:text-ink">
          <Trans>Show as a table</Trans>
        </summary>
        <DayTable days={shown.filter(({ amount }) => amount.generations > 0)} />
      </details>
    </section>
  );
};
