import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { graphql, useFragment } from 'react-relay';
import { exactly, fromNow } from '../ui/moments.ts';
import type { LimitHitRow_hit$key } from './__generated__/LimitHitRow_hit.graphql.ts';
import { limitOf } from './limits.tsx';

export const LimitHitRow = ({ hit: key }: { hit: LimitHitRow_hit$key }) => {
  const { limit, user, address, count, firstAt, lastAt } = useFragment(
    graphql`
      fragment LimitHitRow_hit on LimitHit {
        limit
        user {
          username
        }
        address
        count
        firstAt
        lastAt
      }
    `,
    key,
  );
  const { words, variables } = limitOf(limit);
  const who = <span className="font-medium">{user?.username ?? address ?? t`A deleted user`}</span>;
  const when = fromNow(firstAt);
  return (
    <li className="flex items-start gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate">{words(who)}</p>
        <p className="text-sm text-muted">
          <Plural value={count} _1="Once" other={`# times, first ${when}`} />
          {variables && (
            <>
              {' · '}
              <Trans comment="The configuration variables that set a limit">
                set by <code className="font-mono text-xs">{variables}</code>
              </Trans>
            </>
          )}
        </p>
      </div>
      <time dateTime={lastAt} title={exactly(lastAt)} className="shrink-0 text-sm text-muted">
        {fromNow(lastAt)}
      </time>
    </li>
  );
};
