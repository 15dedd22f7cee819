import { type ReactNode, Suspense, useState } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Problem } from './Problem.tsx';

interface RetriableProps {
  /** Renders the part. `tries` changes with each retry: part of the key of its query. */
  readonly children: (tries: number) => ReactNode;
  /** The classes of the line that shows while it loads. */
  readonly loadingClassName: string;
}

/** Shows a part of a page that loads its own data: a line while it loads, and a button to retry after an error. */
export const Retriable = ({ children, loadingClassName }: RetriableProps) => {
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
          <p role="status" className={loadingClassName}>
            Loading…
          </p>
        }
      >
        {children(tries)}
      </Suspense>
    </ErrorBoundary>
  );
};
