import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '../ui/Button.tsx';
import { Problem } from '../ui/Problem.tsx';
import { inBytes } from './measures.ts';
import { useModelPull } from './useModelPull.ts';

const words: Readonly<Record<string, () => string>> = {
  RUNNING: () => t`Fetching`,
  COMPLETED: () => t`Installed`,
  FAILED: () => t`Not fetched`,
  CANCELLED: () => t`Cancelled`,
};

/** A model download with its progress, or the reason for its end. */
export const ModelPullRow = ({ id, name }: { id: string; name: string }) => {
  const { pull, problem, cancel, isCancelling } = useModelPull(id);
  const status = pull?.status ?? 'RUNNING';
  const received = pull?.receivedBytes ?? 0;
  const total = pull?.totalBytes ?? null;
  const [receivedBytes, totalBytes] = [inBytes(received), inBytes(total ?? 0)];
  const percent = total ? Math.round((received / total) * 100) : null;
  const failed = (pull?.backends ?? []).filter(({ state }) => state === 'FAILED');
  return (
    <li className="py-4">
      <div className="flex items-center justify-between gap-3">
        <p className="min-w-0 wrap-anywhere">
          <span className="font-semibold">{name}</span>{' '}
          <span className="text-muted">{words[status]?.()}</span>
        </p>
        {status === 'RUNNING' && !problem && (
          <Button onClick={cancel} busy={isCancelling}>
            <Trans>Cancel</Trans>
          </Button>
        )}
      </div>
      {status === 'RUNNING' && !problem && (
        <>
          <div
            role="progressbar"
            aria-label={t`Fetching ${name}`}
            aria-valuemin={0}
            aria-valuemax={100}
            {...(percent !== null && { 'aria-valuenow': percent })}
            className="mt-2 h-2 overflow-hidden rounded-full bg-sunken"
          >
            <div
              className={`h-full rounded-full bg-accent transition-[width] duration-500 ${percent === null ? 'w-1/3 animate-breathe' : ''}`}
              style={percent === null ? undefined : { width: `${percent}%` }}
            />
          </div>
          {total !== null && (
            <p className="mt-1.5 text-sm text-muted tabular-nums">
              <Trans>
                {receivedBytes} of {totalBytes}
              </Trans>
            </p>
          )}
        </>
      )}
      {(problem ?? pull?.error) && (
        <div className="mt-2">
          <Problem>{problem ?? pull?.error?.message}</Problem>
        </div>
      )}
      {status === 'COMPLETED' &&
        failed.map(({ address, message }) => (
          <div key={address} className="mt-2">
            <Problem>
              <Trans>
                Not at {address}: {message}
              </Trans>
            </Problem>
          </div>
        ))}
    </li>
  );
};
