import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { graphql } from 'react-relay';
import { Outlet } from 'react-router';
import { PendingDeletionsProvider } from '../conversations/selection/pendingDeletions.tsx';
import { useConversationChanges } from '../conversations/useConversationChanges.ts';
import { useMissedConversations } from '../conversations/useMissedConversations.ts';
import { useHealthWatch } from '../engine/useHealthWatch.ts';
import { useFolderChanges } from '../folders/useFolderChanges.ts';
import { AllowanceProvider } from '../limits/AllowanceProvider.tsx';
import { useDroppedFiles } from '../messages/useDroppedFiles.ts';
import { CommandsProvider } from '../palette/commands.tsx';
import { useAppCommands } from '../palette/useAppCommands.ts';
import { useRouteQuery } from '../relay/useRouteQuery.ts';
import { recordSession } from '../session/endedSession.ts';
import { PasswordResetNotice } from '../session/PasswordResetNotice.tsx';
import { TagFilterContext } from '../tags/tagFilter.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { dialogOnDemand } from '../ui/dialogOnDemand.tsx';
import { useNotify } from '../ui/Notices.tsx';
import type { ShellQuery } from './__generated__/ShellQuery.graphql.ts';
import { AppSkeleton } from './AppSkeleton.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { PageBoundary } from './PageBoundary.tsx';
import { preloadPages } from './pageCode.tsx';
import { hideSidebarId, Sidebar } from './Sidebar.tsx';
import { OpenSidebar, SidebarToggle } from './SidebarToggle.tsx';
import { useSidebarVisibility } from './sidebarVisibility.ts';
import { useFocusOnNavigation } from './useFocusOnNavigation.ts';
import { useHotkeys } from './useHotkeys.ts';

const CommandPalette = dialogOnDemand(
  async () => (await import('../palette/CommandPalette.tsx')).CommandPalette,
);
const HotkeyHelp = dialogOnDemand(async () => (await import('./HotkeyHelp.tsx')).HotkeyHelp);
const SidebarDrawer = dialogOnDemand(async () => (await import('./SidebarDrawer.tsx')).SidebarDrawer);

/** The frame of every page: the list of conversations, the live updates, the notices, the hotkeys. */
export const Shell = () => (
  <Suspense fallback={<AppSkeleton />}>
    <CommandsProvider>
      <PendingDeletionsProvider>
        <ShellFrame />
      </PendingDeletionsProvider>
    </CommandsProvider>
  </Suspense>
);

const ShellFrame = () => {
  const query = useRouteQuery<ShellQuery>(graphql`
    query ShellQuery @preloadable {
      ...Sidebar_query
      viewer {
        viewerCanGenerate
        viewerCanManageUsers
        ...AllowanceProvider_viewer
        ...PasswordResetNotice_viewer
      }
      health {
        ...PageBoundary_health
        ...useHealthWatch_health
      }
    }
  `);
  useConversationChanges();
  useFolderChanges();
  useHealthWatch(query.health);
  useMissedConversations();
  useEffect(preloadPages, []);
  const isSignedIn = query.viewer !== null && query.viewer !== undefined;
  useEffect(() => {
    if (isSignedIn) recordSession();
  }, [isSignedIn]);
  const notify = useNotify();
  useDroppedFiles(
    () => notify({ text: t`To add the text of a file to a message, open a chat and drop it there.` }),
    true,
  );
  const page = useRef<HTMLElement>(null);
  useFocusOnNavigation(page);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openDrawer = useCallback(() => setDrawerOpen(true), []);
  const [isSidebarShown, setSidebarShown] = useSidebarVisibility();
  const showSidebar = useCallback(() => {
    setSidebarShown(true);
    // The button that was pressed has gone.
    requestAnimationFrame(() => document.getElementById(hideSidebarId)?.focus());
  }, [setSidebarShown]);
  const hideSidebar = useCallback(() => {
    setSidebarShown(false);
    page.current?.focus({ preventScroll: true });
  }, [setSidebarShown]);
  const [tag, setTag] = useState<string | null>(null);
  const tagFilter = useMemo(
    () => ({
      tag,
      show: (next: string | null) => {
        setTag(next);
        // On a phone the list is in the drawer.
        if (next !== null && !window.matchMedia('(min-width: 48rem)').matches) setDrawerOpen(true);
      },
    }),
    [tag],
  );
  const [palette, setPalette] = useState({ isOpen: false, words: '' });
  const openHelp = useCallback(() => setHelpOpen(true), []);
  const openPalette = useCallback((words = '') => setPalette({ isOpen: true, words }), []);
  useHotkeys({ onHelp: openHelp, onSearch: openPalette });
  useAppCommands({
    canGenerate: query.viewer?.viewerCanGenerate === true,
    isAdmin: query.viewer?.viewerCanManageUsers === true,
    onHelp: openHelp,
  });

  return (
    <Announcer>
      <AllowanceProvider viewer={query.viewer}>
        <TagFilterContext value={tagFilter}>
          <a
            href="#page"
            className="sr-only z-50 rounded-lg bg-raised px-4 py-2 font-medium shadow-float focus:not-sr-only focus:fixed focus:top-3 focus:start-3"
          >
            <Trans>Skip to content</Trans>
          </a>
          <div className="flex h-full">
            {isSidebarShown && (
              <aside className="hidden w-72 shrink-0 border-e border-line bg-surface md:block">
                <Sidebar query={query} onHelp={openHelp} onSearch={openPalette} onHide={hideSidebar} />
              </aside>
            )}
            <SidebarDrawer open={isDrawerOpen} onOpenChange={setDrawerOpen}>
              <Sidebar query={query} onHelp={openHelp} onSearch={openPalette} />
            </SidebarDrawer>
            <main
              id="page"
              ref={page}
              tabIndex={-1}
              className="relative flex min-w-0 flex-1 flex-col outline-none"
            >
              <ConnectionNotice />
              <PasswordResetNotice viewer={query.viewer} />
              <div className="group/page relative min-h-0 flex-1">
                <SidebarToggle onOpen={openDrawer} onShow={isSidebarShown ? null : showSidebar}>
                  {/* A page that is not found or could not be shown has no header with it. */}
                  <div className="absolute top-0 start-0 z-10 flex h-14 items-center px-2 group-has-[header]/page:hidden md:px-5">
                    <OpenSidebar />
                  </div>
                  <PageBoundary health={query.health}>
                    <Outlet />
                  </PageBoundary>
                </SidebarToggle>
              </div>
            </main>
          </div>
          <CommandPalette
            open={palette.isOpen}
            onOpenChange={(isOpen) => setPalette({ ...palette, isOpen })}
            words={palette.words}
          />
          <HotkeyHelp open={isHelpOpen} onOpenChange={setHelpOpen} />
        </TagFilterContext>
      </AllowanceProvider>
    </Announcer>
  );
};
