import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Link } from 'react-router';
import { locale } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import type { ImportProgress } from './useImport.ts';

/** The progress of an import, and its result. */
export const ImportReport = ({ progress, onStop }: { progress: ImportProgress; onStop: () => void }) => {
  const { done, total, failed, isRunning, isWaiting } = progress;
  return (
    <section aria-label={t`Progress`} className="mt-6">
      <progress
        aria-label={t`Imported conversations`}
        value={done}
        max={total}
        className="h-2 w-full accent-accent"
      />
      <p role="status" className="mt-2">
        {isRunning ? progressOf(done, total) : resultOf(progress)}
        {isRunning && isWaiting && (
          <>
            {' '}
            <Trans>Waiting, because the server takes only so many a minute.</Trans>
          </>
        )}
      </p>
      {failed.length > 0 && (
        <ul aria-label={t`Failed conversations`} className="mt-3 flex flex-col gap-1 text-sm text-danger">
          {failed.slice(0, 50).map(({ title, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows
            <li key={index}>
              <bdi>{title}</bdi>: {reason}
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

const progressOf = (count: number, total: number): string => {
  const done = count.toLocaleString(locale());
  return plural(total, { one: `${done} of # conversation…`, other: `${done} of # conversations…` });
};

const resultOf = ({ done, total, existed, failed: { length: failed } }: ImportProgress): string => {
  const [imported, unsent] = [done - existed - failed, total - done];
  return t`${plural(imported, {
    one: '# conversation imported',
    other: '# conversations imported',
  })}, ${plural(existed, { other: '# existed' })}, ${plural(failed, { other: '# failed' })}, ${plural(unsent, { other: '# not sent' })}.`;
};
