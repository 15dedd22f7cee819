import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
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
  const keyName = apiKey ?? '';
  const holder = kind === 'KEY' ? t`API key ${keyName}` : (user?.username ?? address ?? t`A deleted user`);
  return (
    <li className="flex items-start gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={holder}>
          {holder}
        </p>
        <p className="text-sm text-muted">
          {label()}
          {variable && (
            <>
              {' · '}
              <Trans comment="The configuration variables that set a limit">
                limited by <code className="font-mono text-xs">{variable}</code>
              </Trans>
            </>
          )}
        </p>
      </div>
      <span className="shrink-0 tabular-nums">{written(amount)}</span>
    </li>
  );
};
