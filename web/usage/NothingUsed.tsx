import { Trans } from '@lingui/react/macro';
import { ChartColumn } from 'lucide-react';
import { Link } from 'react-router';

export const NothingUsed = ({ canAsk }: { canAsk: boolean }) => (
  <div className="flex flex-col items-center rounded-2xl border border-dashed border-line px-6 py-14 text-center">
    <ChartColumn size={28} strokeWidth={1.5} aria-hidden="true" className="text-muted" />
    <h2 className="mt-3 font-semibold">
      <Trans>No usage in this period</Trans>
    </h2>
    <p className="mt-1 max-w-sm text-muted">
      <Trans>Once there are answers, this page shows their tokens by day and by model.</Trans>
    </p>
    {canAsk && (
      <Link
        to="/"
        className="mt-5 inline-flex h-9 items-center rounded-lg bg-accent px-3.5 font-medium text-accent-ink hover:brightness-110"
      >
        <Trans>Start a chat</Trans>
      </Link>
    )}
  </div>
);
