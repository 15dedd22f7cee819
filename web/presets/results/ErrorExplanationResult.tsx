import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { CopyButton } from '../../ui/CopyButton.tsx';
import type { ErrorExplanation } from './types.ts';

export const ErrorExplanationResult = ({ value }: { value: ErrorExplanation }) => (
  <>
    <h3 className="font-semibold">
      <Trans>Cause</Trans>
    </h3>
    <p className="mt-1 wrap-anywhere">{value.cause}</p>
    <p className="mt-2 text-sm text-muted">
      {value.location !== '' && (
        <>
          <Trans>
            In <code className="font-mono wrap-anywhere">{value.location}</code> ·{' '}
          </Trans>
        </>
      )}
      <Trans>
        {value.confidence[0]}
        {value.confidence.slice(1).toLowerCase()} confidence
      </Trans>
    </p>
    <h3 className="mt-5 font-semibold">
      <Trans>Fix</Trans>
    </h3>
    <ol className="mt-1 list-decimal space-y-1 pl-5">
      {value.steps.map((step) => (
        <li key={step} className="wrap-anywhere">
          {step}
        </li>
      ))}
    </ol>
    {value.commands.length > 0 && (
      <>
        <h3 className="mt-5 font-semibold">
          <Trans>Commands</Trans>
        </h3>
        <ul className="mt-1 space-y-1.5">
          {value.commands.map((command) => (
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
