import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { CircleHelp, HeartPulse, PanelLeft, Search, Sparkles, SquarePen } from 'lucide-react';
import { graphql, useFragment } from 'react-relay';
import { Link, NavLink } from 'react-router';
import { ConversationList } from '../conversations/ConversationList.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Logo } from '../ui/Logo.tsx';
import { ThemeToggle } from '../ui/ThemeToggle.tsx';
import type { Sidebar_query$key } from './__generated__/Sidebar_query.graphql.ts';
import { AccountMenu } from './AccountMenu.tsx';

const pageLink =
  'flex h-9 pointer-coarse:h-11 items-center gap-2.5 rounded-lg px-2.5 text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent';

export interface SidebarProps {
  readonly query: Sidebar_query$key;
  readonly onHelp: () => void;
  /** Opens the command palette, with words to search for. */
  readonly onSearch: (words?: string) => void;
  /** Hides the sidebar. Absent in the drawer. */
  readonly onHide?: () => void;
}

/** The id of the button that hides the sidebar. */
export const hideSidebarId = 'hide-sidebar';

export const Sidebar = ({ query: key, onHelp, onSearch, onHide }: SidebarProps) => {
  const query = useFragment(
    graphql`
      fragment Sidebar_query on Query {
        viewer {
          viewerCanGenerate
          ...AccountMenu_viewer
        }
        ...ConversationList_query
      }
    `,
    key,
  );
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center justify-between ps-4 pe-2.5">
        <Link
          to="/"
          className="flex items-center gap-2.5 rounded-lg pointer-coarse:h-11 font-semibold tracking-tight"
        >
          <Logo />
          Ziggie
        </Link>
        <span className="ms-auto flex">
          {onHide && (
            <IconButton
              id={hideSidebarId}
              icon={PanelLeft}
              label={t`Hide the sidebar`}
              onClick={onHide}
              className="rtl:-scale-x-100"
            />
          )}
          <IconButton icon={Search} label={t`Search and actions`} onClick={() => onSearch()} />
        </span>
        {query.viewer?.viewerCanGenerate && (
          <Link
            to="/"
            aria-label={t`New chat`}
            title={t`New chat`}
            className="inline-flex size-9 pointer-coarse:size-11 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink"
          >
            <SquarePen size={18} strokeWidth={1.75} aria-hidden="true" />
          </Link>
        )}
      </div>
      <ConversationList query={query} onSearchMessages={onSearch} />
      <nav aria-label={t`Pages`} className="shrink-0 border-t border-line p-2.5">
        <NavLink to="/presets" className={pageLink}>
          <Sparkles size={18} strokeWidth={1.75} aria-hidden="true" />
          <Trans>Presets</Trans>
        </NavLink>
        <NavLink to="/healing" className={pageLink}>
          <HeartPulse size={18} strokeWidth={1.75} aria-hidden="true" />
          <Trans>Agents</Trans>
        </NavLink>
        <div className="flex items-center gap-0.5">
          {query.viewer && <AccountMenu viewer={query.viewer} />}
          <ThemeToggle />
          <span className="hidden md:block">
            <IconButton icon={CircleHelp} label={t`Hotkeys`} onClick={onHelp} />
          </span>
        </div>
      </nav>
    </div>
  );
};
