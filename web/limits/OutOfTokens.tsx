import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Gauge } from 'lucide-react';
import { Link } from 'react-router';
import { useAllowance } from './AllowanceProvider.tsx';
import { wordsForEnd } from './barrier.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

/** Explains an answer that the quota cut off, and when it can be continued. */
export const OutOfTokens = () => {
  const { barrier } = useAllowance();
  const secondsLeft = useSecondsLeft(barrier?.until ?? null);
  return (
    <div className="flex items-start gap-2.5 rounded-lg bg-warn-soft px-3 py-2.5 text-sm text-warn">
      <Gauge size={17} strokeWidth={1.9} aria-hidden="true" className="mt-px shrink-0" />
      <p className="min-w-0 flex-1">
        <Trans>
          Your tokens were used up before this answer was finished. The part written so far is kept.
        </Trans>{' '}
        {barrier?.kind === 'QUOTA' ? wordsForEnd(barrier, secondsLeft) : t`The quota has been reset.`}
      </p>
      <Link to="/usage" className="shrink-0 font-medium underline underline-offset-4">
        <Trans>Usage</Trans>
      </Link>
    </div>
  );
};
