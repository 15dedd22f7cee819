import { type ReactNode, Suspense, useState } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Problem } from './Problem.tsx';

export interface LoadBoundaryProps {
  /** The style of the line that says that something loads. */
  readonly loadingClass?: string;
  /** Renders what loads. A new number of tries fetches it again after an error: pass it on as `fetchKey`. */
  readonly children: (tries: number) => ReactNode;
}

/** Says that a part of a page loads, or why it couldn't, and tries again. */
export const LoadBoundary = ({ loadingClass = 'text-muted', children }: LoadBoundaryProps) => {
  const [tries, setTries] = useState(0);
  return (
    <ErrorBoundary
      fallback={(error, retry) => (
        <Problem
          action={
            <Button
              onClick={() => {
                setTries(tries + 1);
                retry();
              }}
            >
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Problem>
      )}
    >
      <Suspense
        fallback={
          <p role="status" className={loadingClass}>
            Loading…
          </p>
        }
      >
        {children(tries)}
      </Suspense>
    </ErrorBoundary>
  );
};
