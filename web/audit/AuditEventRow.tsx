import { t } from '@lingui/core/macro';
import { Plural } from '@lingui/react/macro';
import { ChevronRight } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { exactly, fromNow } from '../ui/moments.ts';
import type { AuditEventRow_event$key } from './__generated__/AuditEventRow_event.graphql.ts';
import { wordsOf } from './actions.ts';
import { factsOf } from './facts.ts';

/** One event in a line or two; expanded, it shows all fields. */
export const AuditEventRow = ({ event: key }: { event: AuditEventRow_event$key }) => {
  const event = useFragment(
    graphql`
      fragment AuditEventRow_event on AuditEvent {
        seq
        at
        action
        outcome
        username
        target
        address
        requestId
        details
        count
        hash
      }
    `,
    key,
  );
  const { count } = event;
  const isRefused = event.outcome !== 'OK';
  return (
    <li>
      <details className="group">
        <summary className="flex cursor-pointer list-none items-start gap-2 py-2.5 [&::-webkit-details-marker]:hidden">
          <ChevronRight
            size={16}
            aria-hidden="true"
            className="mt-1 shrink-0 text-muted transition-transform group-open:rotate-90 rtl:-scale-x-100 rtl:group-open:-rotate-90 motion-reduce:transition-none"
          />
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
              <span className="font-medium">{wordsOf(event.action)}</span>
              {event.target && (
                <span dir="auto" className="min-w-0 truncate">
                  {event.target}
                </span>
              )}
              {isRefused && (
                <span
                  dir="ltr"
                  className="rounded-md bg-danger-soft px-1.5 py-0.5 text-xs font-medium text-danger"
                >
                  {event.outcome}
                </span>
              )}
              {count > 1 && (
                <span className="text-sm text-muted">
                  <Plural value={count} one="# time" other="# times" />
                </span>
              )}
            </span>
            <span dir="auto" className="block truncate text-start text-sm text-muted">
              {event.username ?? (event.address ? t`Unknown user` : t`The service`)}
              {event.address && ` · ${event.address}`}
            </span>
          </span>
          <time dateTime={event.at} title={exactly(event.at)} className="shrink-0 text-sm text-muted">
            {fromNow(event.at)}
          </time>
        </summary>
        <dl className="mb-3 ms-6 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-sm">
          {factsOf(event).map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd dir="auto" className="min-w-0 text-start wrap-anywhere">
                {value}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
};
