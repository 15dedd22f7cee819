import { Trans } from '@lingui/react/macro';
import { type ReactNode, Suspense, useState } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Problem } from './Problem.tsx';

export interface LoadBoundaryProps {
  /** The style of the line that says that something loads. */
  readonly loadingClass?: string;
  /** Shown after that line and after an error. */
  readonly meanwhile?: ReactNode;
  /** Renders what loads. `fetchKey` changes with each try. */
  readonly children: (fetchKey: number) => ReactNode;
}

let tries = 0;

/** Numbers the tries of all parts: one that is opened again doesn't show the error of its last time. */
const nextTry = (): number => {
  tries += 1;
  return tries;
};

/** Says that a part of a page loads, or why it couldn't, and tries again. */
export const LoadBoundary = ({ loadingClass = 'text-muted', meanwhile, children }: LoadBoundaryProps) => {
  const [fetchKey, setFetchKey] = useState(nextTry);
  return (
    <ErrorBoundary
      fallback={(error, retry) => (
        <>
          <Problem
            action={
              <Button
                onClick={() => {
                  setFetchKey(nextTry());
                  retry();
                }}
              >
                <Trans>Try again</Trans>
              </Button>
            }
          >
            {messageOf(error)}
          </Problem>
          {meanwhile}
        </>
      )}
    >
      <Suspense
        fallback={
          <>
            <p role="status" className={loadingClass}>
              <Trans>Loading…</Trans>
            </p>
            {meanwhile}
          </>
        }
      >
        {children(fetchKey)}
      </Suspense>
    </ErrorBoundary>
  );
};
