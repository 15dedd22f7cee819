import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import type { QuotaList_viewer$key } from './__generated__/QuotaList_viewer.graphql.ts';
import { QuotaBar } from './QuotaBar.tsx';

/** The list of the user's quotas, with the tokens used and left. */
export const QuotaList = ({ viewer: key }: { viewer: QuotaList_viewer$key }) => {
  const { quota } = useFragment(
    graphql`
      fragment QuotaList_viewer on User {
        quota {
          period
          ...QuotaBar_quota
        }
      }
    `,
    key,
  );
  if (quota.length === 0) {
    return (
      <p className="pt-2 text-muted">
        <Trans>No token quota applies to you.</Trans>
      </p>
    );
  }
  return (
    <ul aria-label={t`Quotas`} className="grid gap-x-8 gap-y-6 pt-2 md:grid-cols-2">
      {quota.map((each) => (
        <QuotaBar key={each.period} quota={each} />
      ))}
    </ul>
  );
};
