import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { tokensOf, whole } from './amounts.ts';
import type { AmountOfDay } from './DayChart.tsx';
import { nameOfDay } from './ranges.ts';

/** The chart's data as a table, newest first, for screen readers and exact numbers. */
export const DayTable = ({ days }: { days: readonly AmountOfDay[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
  // biome-ignore lint/a11y/useSemanticElements: a region, so that the name is read on reaching it
  <div role="region" aria-label={t`Table of days`} tabIndex={0} className="mt-3 overflow-x-auto">
    <table aria-label={t`Tokens by day`} className="w-full text-sm tabular-nums">
      <thead>
        <tr className="border-b border-line text-start text-muted">
          <th scope="col" className="py-2 pe-2 font-medium">
            <Trans>Day</Trans>
          </th>
          {[
            t`Tokens`,
            t({ message: 'Read', context: 'tokens' }),
            t({ message: 'Written', context: 'tokens' }),
            t`Answers`,
            t({ message: 'Saved', context: 'answers from the cache' }),
          ].map((name) => (
            <th key={name} scope="col" className="py-2 ps-3 text-end font-medium">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map(({ day, amount }) => (
          <tr key={day} className="border-b border-line">
            <th scope="row" className="py-2 pe-2 text-start font-normal whitespace-nowrap">
              {nameOfDay(day)}
            </th>
            {[
              ['tokens', tokensOf(amount)] as const,
              ['read', amount.promptTokens] as const,
              ['written', amount.completionTokens] as const,
              ['answers', amount.generations] as const,
              ['saved', amount.cachedGenerations] as const,
            ].map(([name, count]) => (
              <td key={name} className="py-2 ps-3 text-end">
                {whole(count)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
