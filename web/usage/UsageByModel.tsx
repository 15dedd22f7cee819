import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { UsageByModel_report$key } from './__generated__/UsageByModel_report.graphql.ts';
import { AmountWords } from './AmountWords.tsx';
import { tokensOf } from './amounts.ts';

/** Usage by model, the largest first. */
export const UsageByModel = ({ report: key }: { report: UsageByModel_report$key }) => {
  const { groups } = useFragment(
    graphql`
      fragment UsageByModel_report on UsageReport {
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
  const models = groups.toSorted((one, other) => tokensOf(other.sum) - tokensOf(one.sum));
  const most = Math.max(1, ...models.map(({ sum }) => tokensOf(sum)));
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className="font-semibold">
        <Trans>By model</Trans>
      </h2>
      <ul aria-labelledby={heading} className="mt-3 flex flex-col gap-4">
        {models.map(({ key: model, sum }) => (
          <li key={model}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-4 tabular-nums">
              <span className="font-medium wrap-anywhere">{model}</span>
              <span className="text-sm text-muted">
                <AmountWords amount={sum} withSaved />
              </span>
            </div>
            <div aria-hidden="true" className="mt-1.5 h-2 overflow-hidden rounded-full bg-sunken">
              <div
                className="h-full rounded-full bg-accent"
                style={{ width: `${(tokensOf(sum) * 100) / most}%` }}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
};
