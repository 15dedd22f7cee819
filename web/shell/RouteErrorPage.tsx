import { useRouteError } from 'react-router';
import { ErrorPage } from '../ui/ErrorPage.tsx';

/** Shown for failures outside of a page, such as code that can't be fetched after a new version was installed. */
export const RouteErrorPage = () => (
  <ErrorPage error={useRouteError()} onRetry={() => window.location.reload()} />
);
