import { t } from '@lingui/core/macro';
import { Link } from 'react-router';
import { type Range, ranges } from './ranges.ts';

/** Links, so that each range has an address and the back button returns to the previous one. */
export const RangeChoice = ({ chosen, path = '/usage' }: { chosen: Range; path?: string }) => (
  <nav
    aria-label={t`Range`}
    className="flex w-fit max-w-full gap-0.5 overflow-x-auto rounded-xl bg-sunken p-1"
  >
    {ranges.map(({ name, label }) => (
      <Link
        key={name}
        to={`${path}?range=${name}`}
        aria-current={name === chosen ? 'true' : undefined}
        className="inline-flex h-8 shrink-0 items-center rounded-lg px-3 text-sm font-medium text-muted hover:text-ink aria-[current=true]:bg-canvas aria-[current=true]:text-ink aria-[current=true]:shadow-sm"
      >
        {label()}
      </Link>
    ))}
  </nav>
);
