import { Trans } from '@lingui/react/macro';
import { KeyRound } from 'lucide-react';
import { VisibleText } from './VisibleParts.tsx';

export interface ToolAskerProps {
  readonly id: string;
  /** The name of the API key whose request named the tools; null: a person asked in the app. */
  readonly apiKey: string | null;
}

/** Says who asked for the answer whose model calls a tool: a leaked API key must not pass for the viewer. */
export const ToolAsker = ({ id, apiKey }: ToolAskerProps) =>
  apiKey === null ? (
    <p id={id} className="text-muted">
      <Trans>You asked for this answer in the app.</Trans>
    </p>
  ) : (
    <div id={id} className="flex items-start gap-2.5 rounded-lg bg-warn-soft px-3 py-2.5 text-warn">
      <KeyRound size={17} strokeWidth={1.9} aria-hidden="true" className="mt-px shrink-0" />
      <p className="min-w-0 flex-1 wrap-anywhere">
        <Trans>
          An API key asked for this answer, not you in the app:{' '}
          <strong className="font-semibold">
            <VisibleText text={apiKey} />
          </strong>
        </Trans>
      </p>
    </div>
  );
