import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useId } from 'react';
import { Button } from '../ui/Button.tsx';
import { timeOf } from '../ui/moments.ts';

export type Decision = 'ALLOW' | 'DENY';

export interface ToolDecisionProps {
  /** The name of the tool, in which each character can be seen. */
  readonly name: string;
  /** The ids of the elements that show what is decided on. */
  readonly describedBy: string;
  /** Until when the viewer can decide, in ISO 8601; null: not known. */
  readonly before: string | null;
  readonly isDeciding: boolean;
  readonly onDecide: (decision: Decision) => void;
}

/** The buttons that allow or deny a call. They are shown only below what they decide on. */
export const ToolDecision = ({ name, describedBy, before, isDeciding, onDecide }: ToolDecisionProps) => {
  const deadlineId = useId();
  const time = before === null ? null : timeOf(before);
  const description = time === null ? describedBy : `${describedBy} ${deadlineId}`;
  return (
    <>
      {time !== null && (
        <p id={deadlineId}>
          <Trans>Decide before {time}. After that it counts as denied.</Trans>
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          tone="accent"
          busy={isDeciding}
          aria-label={t`Allow the call of ${name}`}
          aria-describedby={description}
          onClick={() => onDecide('ALLOW')}
        >
          <Trans context="verb">Allow</Trans>
        </Button>
        <Button
          busy={isDeciding}
          aria-label={t`Deny the call of ${name}`}
          aria-describedby={description}
          onClick={() => onDecide('DENY')}
        >
          <Trans context="verb">Deny</Trans>
        </Button>
      </div>
    </>
  );
};
