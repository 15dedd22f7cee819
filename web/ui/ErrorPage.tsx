import { RefreshCw } from 'lucide-react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';

/** Replaces a page that could not be shown. */
export const ErrorPage = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <div className="flex h-full flex-col items-center justify-center gap-5 px-6 text-center" role="alert">
    <div>
      <h1 className="text-xl font-semibold tracking-tight">This page could not be shown</h1>
      <p className="mt-2 max-w-md text-muted text-balance">{messageOf(error)}</p>
    </div>
    <Button onClick={onRetry}>
      <RefreshCw size={16} aria-hidden="true" />
      Try again
    </Button>
  </div>
);
