import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Gauge, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { IconButton } from '../ui/IconButton.tsx';
import { useAllowance } from './AllowanceProvider.tsx';
import { readDismissed, storeDismissed } from './dismissedWarning.ts';
import { wordsForNear } from './quota.ts';
import { useSecondsLeft } from './useSecondsLeft.ts';

/** Warns that a quota is nearly used up. Once dismissed, it is not shown again for that day or month. */
export const QuotaNotice = () => {
  const { near, barrier } = useAllowance();
  const [dismissed, setDismissed] = useState(readDismissed);
  const secondsLeft = useSecondsLeft(near && Date.parse(near.resetsAt));
  const name = near && `${near.userId} ${near.period} ${near.resetsAt}`;
  if (!near || barrier || secondsLeft === 0 || name === dismissed) return null;
  return (
    <div className="flex items-center gap-2.5 rounded-lg bg-sunken py-1 ps-3 pe-1 text-sm text-muted">
      <Gauge size={17} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 flex-1 py-1 tabular-nums">{wordsForNear(near, Date.now())}</p>
      <Link to="/usage" className="shrink-0 font-medium text-ink underline underline-offset-4">
        <Trans>Usage</Trans>
      </Link>
      <IconButton
        icon={X}
        label={t`Dismiss`}
        compact
        onClick={() => {
          storeDismissed(name ?? '');
          setDismissed(name);
        }}
      />
    </div>
  );
};
