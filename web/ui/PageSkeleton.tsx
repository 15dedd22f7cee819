import { Trans } from '@lingui/react/macro';

/** A loading skeleton. It appears with a delay, so that a fast response makes nothing flash. */
export const PageSkeleton = () => (
  <div role="status" className="h-full animate-late px-4 pt-20">
    <span className="sr-only">
      <Trans>Loading…</Trans>
    </span>
    <div className="mx-auto flex max-w-3xl flex-col gap-4" aria-hidden="true">
      <div className="h-4 w-2/5 animate-breathe rounded bg-sunken" />
      <div className="h-4 w-4/5 animate-breathe rounded bg-sunken" />
      <div className="h-4 w-3/5 animate-breathe rounded bg-sunken" />
    </div>
  </div>
);
