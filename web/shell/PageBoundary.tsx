import { type ReactNode, Suspense } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useLocation, useMatches, useRevalidator } from 'react-router';
import { EngineSetup } from '../engine/EngineSetup.tsx';
import { RequestFailure } from '../relay/failure.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { ErrorPage } from '../ui/ErrorPage.tsx';
import { PageSkeleton } from '../ui/PageSkeleton.tsx';
import type { PageBoundary_health$key } from './__generated__/PageBoundary_health.graphql.ts';

export interface PageBoundaryProps {
  readonly health: PageBoundary_health$key;
  readonly children: ReactNode;
}

/**
 * Contains the loading state and the errors of a page, so that the rest of the app stays usable. A page that can't be
 * shown because no engine is available is no error: the steps to get an engine are shown instead.
 */
export const PageBoundary = ({ health: key, children }: PageBoundaryProps) => {
  const health = useFragment(
    graphql`
      fragment PageBoundary_health on Health {
        ...EngineSetup_health
      }
    `,
    key,
  );
  const location = useLocation();
  const { revalidate } = useRevalidator();
  const loaded = useMatches().at(-1)?.loaderData;
  return (
    <ErrorBoundary
      resetKey={loaded}
      fallback={(error) =>
        isWithoutEngine(error) ? (
          <EngineSetup health={health} />
        ) : (
          <ErrorPage error={error} onRetry={() => void revalidate()} />
        )
      }
    >
      <Suspense key={location.key} fallback={<PageSkeleton />}>
        {children}
      </Suspense>
    </ErrorBoundary>
  );
};

const isWithoutEngine = (error: unknown): boolean =>
  error instanceof RequestFailure && error.code === 'ENGINE_UNAVAILABLE';
