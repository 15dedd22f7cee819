import { plural, t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { graphql, useFragment } from 'react-relay';
import { momentOf, percentOf, usedUp } from '../limits/quota.ts';
import { useSecondsLeft } from '../limits/useSecondsLeft.ts';
import { howLong } from '../ui/moments.ts';
import type { QuotaBar_quota$key } from './__generated__/QuotaBar_quota.graphql.ts';
import { whole } from './amounts.ts';

export const QuotaBar = ({ quota: key }: { quota: QuotaBar_quota$key }) => {
  const quota = useFragment(
    graphql`
      fragment QuotaBar_quota on Quota {
        period
        used
        limit
        resetsAt
        isNear
      }
    `,
    key,
  );
  const name = useId();
  const resetsAt = Date.parse(quota.resetsAt);
  const secondsLeft = useSecondsLeft(resetsAt);
  const percent = percentOf(quota);
  const tone = usedUp(quota) ? 'bg-danger' : quota.isNear ? 'bg-warn' : 'bg-accent';
  const { limit } = quota;
  const left = Math.max(0, limit - quota.used);
  const [used, shownLeft, shownPercent] = [whole(quota.used), whole(left), whole(percent)];
  const [moment, duration] = [momentOf(resetsAt), howLong(secondsLeft)];
  return (
    <li>
      <div className="flex items-baseline justify-between gap-3">
        <h2 id={name} className="font-semibold">
          {quota.period === 'DAY' ? t`Today` : t`This month`}
        </h2>
        <p className="text-sm text-muted tabular-nums">
          <Trans>
            <span className="font-medium text-ink">{used}</span> of{' '}
            <Plural value={limit} one="# token" other="# tokens" />
          </Trans>
        </p>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: no two browsers let a meter be drawn in the same way */}
      <div
        role="meter"
        aria-labelledby={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={t`${shownPercent} % used, ${plural(left, { one: '# token left', other: '# tokens left' })}`}
        className="mt-2 h-2.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full ${tone}`}
          // A small amount stays visible.
          style={{ width: `${percent}%`, minWidth: quota.used > 0 ? 10 : 0 }}
        />
      </div>
      <p className="mt-2 text-sm text-muted tabular-nums">
        {usedUp(quota)
          ? t`Used up.`
          : t({ message: `${shownLeft} left.`, comment: 'How many tokens are left of a quota' })}{' '}
        {secondsLeft > 0 &&
          t({
            message: `Resets at ${moment} (in ${duration}).`,
            comment: '{moment} is a time, or a day and a time. {duration} is such as “3 h” or “9 days”.',
          })}
      </p>
    </li>
  );
};
