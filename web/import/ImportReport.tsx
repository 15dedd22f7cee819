import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Link } from 'react-router';
import { Button } from '../ui/Button.tsx';
import { conversationsOf } from './ImportPreview.tsx';
import type { ImportProgress } from './useImport.ts';

/** The progress of an import, and its result. */
export const ImportReport = ({ progress, onStop }: { progress: ImportProgress; onStop: () => void }) => {
  const { done, total, existed, failed, isRunning, isWaiting } = progress;
  const imported = done - existed - failed.length;
  return (
    <section aria-label={t`Progress`} className="mt-6">
      <progress
        aria-label={t`Imported conversations`}
        value={done}
        max={total}
        className="h-2 w-full accent-accent"
      />
      <p role="status" className="mt-2">
        {isRunning
          ? t`${done.toLocaleString('en')} of ${conversationsOf(total)}…${isWaiting ? ' Waiting, because the server takes only so many a minute.' : ''}`
          : t`${conversationsOf(imported)} imported, ${existed.toLocaleString('en')} existed, ${failed.length.toLocaleString('en')} failed, ${(total - done).toLocaleString('en')} not sent.`}
      </p>
      {failed.length > 0 && (
        <ul aria-label={t`Failed conversations`} className="mt-3 flex flex-col gap-1 text-sm text-danger">
          {failed.slice(0, 50).map(({ title, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows
            <li key={index}>
              {title}: {reason}
            </li>
          ))}
        </ul>
      )}
      {isRunning ? (
        <Button className="mt-4" onClick={onStop}>
          <Trans>Stop</Trans>
        </Button>
      ) : (
        <Link to="/" className="mt-4 inline-block font-medium text-accent underline-offset-4 hover:underline">
          <Trans>Go to the conversations</Trans>
        </Link>
      )}
    </section>
  );
};
