import { type ReactNode, Suspense, useState } from 'react';
import { messageOf } from '../relay/failure.ts';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Problem } from './Problem.tsx';

interface RetriableProps {
  /** Renders the part. `fetchKey` changes with each retry. */
  readonly children: (fetchKey: number) => ReactNode;
  /** The classes of the line that shows while it loads. */
  readonly loadingClassName: string;
}

let tries = 0;

/** Numbers the tries of all parts: one that is opened again doesn't show the error of its last time. */
const nextTry = (): number => {
  tries += 1;
  return tries;
};

/** Shows a part of a page that loads its own data: a line while it loads, and a button to retry after an error. */
export const Retriable = ({ children, loadingClassName }: RetriableProps) => {
  const [fetchKey, setFetchKey] = useState(nextTry);
  return (
    <ErrorBoundary
      fallback={(error, retry) => (
        <Problem
          action={
            <Button
              onClick={() => {
                setFetchKey(nextTry());
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
        {children(fetchKey)}
      </Suspense>
    </ErrorBoundary>
  );
};
