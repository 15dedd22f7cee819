import { select, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { CopyButton } from '../../ui/CopyButton.tsx';
import type { ErrorExplanation } from './types.ts';

export const ErrorExplanationResult = ({
  value: { cause, location, confidence, steps, commands },
}: {
  value: ErrorExplanation;
}) => (
  <>
    <h3 className="font-semibold">
      <Trans>Cause</Trans>
    </h3>
    <p dir="auto" className="mt-1 wrap-anywhere">
      {cause}
    </p>
    <p className="mt-2 text-sm text-muted">
      {location !== '' && (
        <>
          <Trans>
            In <code className="font-mono wrap-anywhere">{location}</code>
          </Trans>
          {' · '}
        </>
      )}
      {select(confidence, {
        LOW: 'Low confidence',
        MEDIUM: 'Medium confidence',
        other: 'High confidence',
      })}
    </p>
    <h3 className="mt-5 font-semibold">
      <Trans context="how to fix an error">Fix</Trans>
    </h3>
    <ol className="mt-1 list-decimal space-y-1 ps-5">
      {steps.map((step) => (
        <li key={step} dir="auto" className="wrap-anywhere">
          {step}
        </li>
      ))}
    </ol>
    {commands.length > 0 && (
      <>
        <h3 className="mt-5 font-semibold">
          <Trans>Commands</Trans>
        </h3>
        <ul className="mt-1 space-y-1.5">
          {commands.map((command) => (
            <li key={command} className="flex items-center gap-2 rounded-lg bg-sunken px-3 py-1.5">
              <code className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">{command}</code>
              <CopyButton text={command} label={t`Copy command`} />
            </li>
          ))}
        </ul>
      </>
    )}
  </>
);
