import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '../ui/Button.tsx';

export type Decision = 'ALLOW' | 'DENY';

export interface ToolDecisionProps {
  /** The name of the tool, in which each character can be seen. */
  readonly name: string;
  /** The ids of the elements that show what is decided on. */
  readonly describedBy: string;
  readonly isDeciding: boolean;
  readonly onDecide: (decision: Decision) => void;
}

/** The buttons that allow or deny a call. They are shown only below what they decide on. */
export const ToolDecision = ({ name, describedBy, isDeciding, onDecide }: ToolDecisionProps) => (
  <div className="flex flex-wrap gap-2">
    <Button
      tone="accent"
      busy={isDeciding}
      aria-label={t`Allow the call of ${name}`}
      aria-describedby={describedBy}
      onClick={() => onDecide('ALLOW')}
    >
      <Trans context="verb">Allow</Trans>
    </Button>
    <Button
      busy={isDeciding}
      aria-label={t`Deny the call of ${name}`}
      aria-describedby={describedBy}
      onClick={() => onDecide('DENY')}
    >
      <Trans context="verb">Deny</Trans>
    </Button>
  </div>
);
