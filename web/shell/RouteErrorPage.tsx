import { useRouteError } from 'react-router';
import { ErrorPage } from '../ui/ErrorPage.tsx';

/** For what fails outside of a page: its code that could not be fetched, after a new version was installed, say. */
export const RouteErrorPage = () => (
  <ErrorPage error={useRouteError()} onRetry={() => window.location.reload()} />
);
