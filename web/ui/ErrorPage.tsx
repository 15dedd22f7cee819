import { Trans } from '@lingui/react/macro';
import { RefreshCw } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';

/** Replaces a page that could not be shown. Retries when the browser is online again. */
export const ErrorPage = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => {
  const retry = useEffectEvent(onRetry);
  useEffect(() => {
    const onOnline = () => retry();
    window.addEventListener('online', onOnline);
    return () => window.removeEventListener('online', onOnline);
  }, []);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-5 px-6 text-center" role="alert">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">
          <Trans>This page could not be shown</Trans>
        </h1>
        <p className="mt-2 max-w-md text-muted text-balance">{messageOf(error)}</p>
      </div>
      <Button onClick={onRetry}>
        <RefreshCw size={16} aria-hidden="true" />
        <Trans>Try again</Trans>
      </Button>
    </div>
  );
};
