import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import { AmountWords } from '../../usage/AmountWords.tsx';
import { wordsOfAmount } from '../../usage/amounts.ts';
import { LastActive } from '../LastActive.tsx';
import type { UserUsageRow_usage$key } from './__generated__/UserUsageRow_usage.graphql.ts';

/** The usage of a user, with that of each model. */
export const UserUsageRow = ({ usage: key }: { usage: UserUsageRow_usage$key }) => {
  const { user, sum, models } = useFragment(
    graphql`
      fragment UserUsageRow_usage on UserUsage {
        user {
          username
          ...LastActive_user
        }
        sum {
          generations
          cachedGenerations
          promptTokens
          completionTokens
        }
        models {
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
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 tabular-nums">
        <span className="min-w-0 truncate font-medium">{user?.username ?? t`A deleted user`}</span>
        <span className="text-sm text-muted">
          <AmountWords amount={sum} />
        </span>
      </div>
      <p className="text-sm text-muted">{user && <LastActive user={user} />}</p>
      <ul className="mt-1.5 flex flex-col gap-0.5 text-sm text-muted">
        {models.map(({ key: model, sum: its }) => (
          <li key={model} className="flex flex-wrap justify-between gap-x-4 tabular-nums">
            <span className="wrap-anywhere">{model}</span>
            <span>{wordsOfAmount(its)}</span>
          </li>
        ))}
      </ul>
    </li>
  );
};
