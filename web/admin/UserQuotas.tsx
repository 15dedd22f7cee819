import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { TriangleAlert } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { percentOf, usedUp } from '../limits/quota.ts';
import { short, whole } from '../usage/amounts.ts';
import type { UserQuotas_user$key } from './__generated__/UserQuotas_user.graphql.ts';

/** Shows how much of the daily and monthly quotas a user has used. Empty without quotas. */
export const UserQuotas = ({ user: key, className }: { user: UserQuotas_user$key; className: string }) => {
  const { username, quota: quotas } = useFragment(
    graphql`
      fragment UserQuotas_user on User {
        username
        quota {
          period
          used
          limit
          resetsAt
          isOwn
          isNear
        }
      }
    `,
    key,
  );
  if (quotas.length === 0) return null;
  return (
    <ul aria-label={t`Quotas of ${username}`} className={`flex gap-x-5 gap-y-1.5 sm:flex-col ${className}`}>
      {quotas.map((quota) => {
        const percent = percentOf(quota);
        const [percentUsed, used, limit] = [whole(percent), whole(quota.used), quota.limit];
        const [shortUsed, shortLimit] = [short(quota.used), short(limit)];
        const tones = toneOf(quota);
        const isMarked = quota.isNear || usedUp(quota);
        return (
          <li key={quota.period} className="min-w-0 flex-1 sm:flex-none">
            <p className="flex flex-wrap items-center gap-x-1 text-xs text-muted tabular-nums">
              {quota.period === 'DAY' ? t`Today` : t`Month`}
              {quota.isOwn && (
                <span title={t`Set for this user, in place of the role’s limit`}>
                  · <Trans context="limit">own</Trans>
                </span>
              )}
              <span className={`ms-auto flex items-center gap-1 ${tones.text}`}>
                {isMarked && <TriangleAlert size={12} strokeWidth={2.25} aria-hidden="true" />}
                <span title={t`${used} of ${plural(limit, { one: '# token', other: '# tokens' })}`}>
                  <Trans>
                    {shortUsed} of {shortLimit}
                  </Trans>
                </span>
              </span>
            </p>
            {/* biome-ignore lint/a11y/useSemanticElements: no two browsers let a meter be drawn in the same way */}
            <div
              role="meter"
              aria-label={quota.period === 'DAY' ? t`Tokens of today` : t`Tokens of this month`}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={percent}
              aria-valuetext={t`${percentUsed} % used`}
              className="mt-0.5 h-1.5 overflow-hidden rounded-full bg-sunken"
            >
              <div
                className={`h-full rounded-full ${tones.bar}`}
                // A small amount stays visible.
                style={{ width: `${percent}%`, minWidth: quota.used > 0 ? 6 : 0 }}
              />
            </div>
          </li>
        );
      })}
    </ul>
  );
};

const toneOf = (quota: Parameters<typeof usedUp>[0]) => {
  if (usedUp(quota)) return { bar: 'bg-danger', text: 'font-medium text-danger' };
  if (quota.isNear) return { bar: 'bg-warn', text: 'font-medium text-warn' };
  return { bar: 'bg-accent', text: '' };
};
