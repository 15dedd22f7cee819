import { t } from '@lingui/core/macro';
import { graphql, useFragment } from 'react-relay';
import type { HoldingRow_holding$key } from './__generated__/HoldingRow_holding.graphql.ts';
import { resourceOf } from './resources.ts';

export const HoldingRow = ({ holding: key }: { holding: HoldingRow_holding$key }) => {
  const {
    kind,
    user,
    address,
    key: apiKey,
    resource,
    amount,
  } = useFragment(
    graphql`
      fragment HoldingRow_holding on Holding {
        kind
        user {
          username
        }
        address
        key
        resource
        amount
      }
    `,
    key,
  );
  const { label, amount: written, variable } = resourceOf(resource);
  const holder = kind === 'KEY' ? `API key ${apiKey}` : (user?.username ?? address ?? 'A deleted user');
  return (
    <li className="flex items-start gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={holder}>
          {holder}
        </p>
        <p className="text-sm text-muted">
          {label}
          {variable && (
            <>
              {t` · limited by `}
              <code className="font-mono text-xs">{variable}</code>
            </>
          )}
        </p>
      </div>
      <span className="shrink-0 tabular-nums">{written(amount)}</span>
    </li>
  );
};
