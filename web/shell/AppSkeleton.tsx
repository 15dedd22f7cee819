import { t } from '@lingui/core/macro';

/** The outline of the app until its first page is shown. `index.html` has the same, so that nothing moves. */
export const AppSkeleton = () => (
  <div className="app-skeleton" role="status" aria-label={t`Loading`}>
    <div className="app-skeleton-sidebar" />
    <div className="app-skeleton-page">
      <i />
      <i />
      <i />
    </div>
  </div>
);
