import { Trans } from '@lingui/react/macro';
import { Clock } from 'lucide-react';
import { Link } from 'react-router';
import { useAllowance } from './AllowanceProvider.tsx';
import { type Barrier, wordsForEnd } from './barrier.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

export interface BarrierNoticeProps {
  readonly barrier: Barrier;
  /** The element id, for `aria-describedby` of the disabled button. */
  readonly id: string;
}

/** Says why nothing can be sent now, and for how long. The announcer reads it once: a live region would count aloud. */
export const BarrierNotice = ({ barrier, id }: BarrierNoticeProps) => {
  const secondsLeft = useSecondsLeft(barrier.until);
  const { refresh } = useAllowance();
  return (
    <div className="flex items-start gap-2.5 rounded-lg bg-warn-soft px-3 py-2.5 text-sm text-warn">
      <Clock size={17} strokeWidth={1.9} aria-hidden="true" className="mt-px shrink-0" />
      <p id={id} className="min-w-0 flex-1 tabular-nums wrap-anywhere">
        {barrier.reason} {wordsForEnd(barrier, secondsLeft)}
      </p>
      {barrier.kind === 'QUOTA' && (
        <span className="flex shrink-0 gap-3 font-medium">
          <button type="button" onClick={() => void refresh()} className="underline underline-offset-4">
            <Trans>Refresh</Trans>
          </button>
          <Link to="/usage" className="underline underline-offset-4">
            <Trans>Usage</Trans>
          </Link>
        </span>
      )}
    </div>
  );
};
