import { i18n } from '@lingui/core';
import { t } from '@lingui/core/macro';
import { useEffect, useRef } from 'react';
import { graphql } from 'react-relay';
import { NavLink, Outlet, useLocation } from 'react-router';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { PageHeader } from '../shell/PageHeader.tsx';
import { NotFoundPage } from '../ui/NotFoundPage.tsx';
import type { AdminPageQuery } from './__generated__/AdminPageQuery.graphql.ts';
import { sections } from './sections.ts';

/** The frame of the administration pages; the child route fills it. */
export const AdminPage = () => {
  const { viewer } = useRouteQuery<AdminPageQuery>(graphql`
    query AdminPageQuery @preloadable {
      viewer {
        viewerCanManageUsers
      }
    }
  `);
  const { pathname } = useLocation();
  const tabs = useRef<HTMLElement>(null);
  // On a phone the selected tab may be scrolled out of view.
  useEffect(() => {
    const shown = pathname && tabs.current?.querySelector('[aria-current="page"]');
    if (shown) shown.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  if (!viewer?.viewerCanManageUsers) {
    return <NotFoundPage title={t`For administrators`} text={t`Only administrators can open this page.`} />;
  }
  return (
    <div className="flex h-full flex-col">
      <PageHeader title={t`Administration`} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-16 md:px-6">
        <div className="mx-auto max-w-3xl">
          <nav
            ref={tabs}
            aria-label={t`Administration`}
            className="-mx-1 flex gap-1 overflow-x-auto border-b border-line px-1"
          >
            {sections.map(({ path, label }) => (
              <NavLink
                key={path}
                to={path}
                className="-mb-px shrink-0 border-b-2 border-transparent px-3 py-2.5 font-medium text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
              >
                {i18n._(label)}
              </NavLink>
            ))}
          </nav>
          <Outlet />
        </div>
      </div>
    </div>
  );
};
