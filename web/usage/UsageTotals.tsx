import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import type { UsageTotals_amount$key } from './__generated__/UsageTotals_amount.graphql.ts';
import { tokensOf, whole } from './amounts.ts';

export const UsageTotals = ({ amount: key }: { amount: UsageTotals_amount$key }) => {
  const amount = useFragment(
    graphql`
      fragment UsageTotals_amount on UsageSum {
        generations
        cachedGenerations
        cacheHitRate
        promptTokens
        completionTokens
      }
    `,
    key,
  );
  const { generations, cachedGenerations, cacheHitRate, promptTokens, completionTokens } = amount;
  const saved = whole(Math.round((cacheHitRate ?? 0) * 100));
  const [read, written] = [whole(promptTokens), whole(completionTokens)];
  const generated = whole(generations - cachedGenerations);
  const totals = [
    {
      name: t`Tokens`,
      value: tokensOf(amount),
      note: t`${read} read, ${written} written`,
    },
    { name: t`Answers`, value: generations, note: t`${generated} generated` },
    {
      name: t({ message: 'Saved', context: 'answers from the cache' }),
      value: cachedGenerations,
      note: t`${saved} % came from the cache, at no cost`,
    },
  ];
  return (
    <dl aria-label={t`Total`} className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {totals.map(({ name, value, note }) => (
        <div key={name} className="rounded-xl border border-line px-4 py-3.5 max-sm:first:col-span-2">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="mt-0.5 text-2xl font-semibold tracking-tight tabular-nums">{whole(value)}</dd>
          <dd className="mt-0.5 text-sm text-muted tabular-nums">{note}</dd>
        </div>
      ))}
    </dl>
  );
};
