import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { locale } from '../language/language.ts';
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
  const permissions = new Intl.ListFormat(locale()).format(scopes.map(wordOf));
  const [day, when] = [dayOf(createdAt), lastUsedAt && fromNow(lastUsedAt)];
  const facts = [
    t({ message: `May ${permissions}`, comment: '{permissions} are such as “chat and read”.' }),
    wordsForEnd(expiresAt),
    t`made ${day}`,
    when ? t`used ${when}` : t`never used`,
  ];
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-baseline gap-2">
          <span className="truncate font-medium">{name}</span>
          <span dir="ltr" className="shrink-0 font-mono text-sm text-muted">
            zk_…{ending}
          </span>
        </p>
        <p className="text-sm text-muted">
          {owner && <span className="text-ink">{owner} · </span>}
          {new Intl.ListFormat(locale(), { type: 'unit' }).format(facts)}
        </p>
      </div>
      <Button
        onClick={() => setAsking(true)}
        busy={isRevoking}
        aria-label={owner ? t`Revoke ${name} of ${owner}` : t`Revoke ${name}`}
      >
        <Trans>Revoke</Trans>
      </Button>
      <Confirm
        open={isAsking}
        title={owner ? t`Revoke ${name} of ${owner}?` : t`Revoke ${name}?`}
        description={t`Programs that use this key are disconnected at once. A revoked key can’t be restored.`}
        action={t`Revoke`}
        onConfirm={revoke}
        onClose={() => setAsking(false)}
      />
    </li>
  );
};

const wordsForEnd = (expiresAt: string | null | undefined): string => {
  if (!expiresAt) return t`without an end`;
  const when = fromNow(expiresAt);
  return new Date(expiresAt) <= new Date() ? t`ended ${when}` : t`ends ${when}`;
};
