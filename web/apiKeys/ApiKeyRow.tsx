import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { dayOf, fromNow } from '../ui/moments.ts';
import type { ApiKeyRow_apiKey$key } from './__generated__/ApiKeyRow_apiKey.graphql.ts';
import { wordOf } from './scopes.ts';
import { useRevokeApiKey } from './useRevokeApiKey.ts';

export interface ApiKeyRowProps {
  readonly apiKey: ApiKeyRow_apiKey$key;
  /** The owner, in lists of several users' keys. */
  readonly owner?: string;
}

export const ApiKeyRow = ({ apiKey: ref, owner }: ApiKeyRowProps) => {
  const { id, name, ending, scopes, createdAt, expiresAt, lastUsedAt } = useFragment(
    graphql`
      fragment ApiKeyRow_apiKey on ApiKey {
        id
        name
        ending
        scopes
        createdAt
        expiresAt
        lastUsedAt
      }
    `,
    ref,
  );
  const [isAsking, setAsking] = useState(false);
  const { revoke, isRevoking } = useRevokeApiKey(id);
  const end = expiresAt
    ? `${hasPassed(expiresAt) ? 'ended' : 'ends'} ${fromNow(expiresAt)}`
    : 'without an end';
  const what = owner ? `${name} of ${owner}` : name;
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-baseline gap-2">
          <span className="truncate font-medium">{name}</span>
          <span className="shrink-0 font-mono text-sm text-muted">
            <Trans>zk_…{ending}</Trans>
          </span>
        </p>
        <p className="text-sm text-muted">
          {owner && <span className="text-ink">{owner} · </span>}
          <Trans>
            May {words.format(scopes.map(wordOf))}, {end}, made {dayOf(createdAt)},{' '}
          </Trans>
          {lastUsedAt ? t`used ${fromNow(lastUsedAt)}` : t`never used`}
        </p>
      </div>
      <Button onClick={() => setAsking(true)} busy={isRevoking} aria-label={t`Revoke ${what}`}>
        <Trans>Revoke</Trans>
      </Button>
      <Confirm
        open={isAsking}
        title={t`Revoke ${what}?`}
        description={t`Programs that use this key are disconnected at once. A revoked key can’t be restored.`}
        action={t`Revoke`}
        onConfirm={revoke}
        onClose={() => setAsking(false)}
      />
    </li>
  );
};

const words = new Intl.ListFormat('en');

const hasPassed = (moment: string): boolean => new Date(moment) <= new Date();
