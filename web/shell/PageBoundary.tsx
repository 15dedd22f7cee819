import { type ReactNode, Suspense } from 'react';
import { useLocation, useMatches, useRevalidator } from 'react-router';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { ErrorPage } from '../ui/ErrorPage.tsx';
import { PageSkeleton } from '../ui/PageSkeleton.tsx';

/** A page may wait, or fail, without taking the rest of the app with it. */
export const PageBoundary = ({ children }: { children: ReactNode }) => {
  const { key } = useLocation();
  const { revalidate } = useRevalidator();
  const loaded = useMatches().at(-1)?.loaderData;
  return (
    <ErrorBoundary
      resetKey={loaded}
      fallback={(error) => <ErrorPage error={error} onRetry={() => void revalidate()} />}
    >
      <Suspense key={key} fallback={<PageSkeleton />}>
        {children}
      </Suspense>
    </ErrorBoundary>
  );
};
