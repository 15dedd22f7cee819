import { t } from '@lingui/core/macro';
import { Menu, PanelLeft } from 'lucide-react';
import { createContext, type ReactNode, useContext } from 'react';
import { IconButton } from '../ui/IconButton.tsx';

interface SidebarActions {
  /** Opens the drawer, on narrow screens. */
  readonly onOpen: () => void;
  /** Shows the hidden sidebar, on wide screens. Null while it is shown. */
  readonly onShow: (() => void) | null;
}

const SidebarContext = createContext<SidebarActions | null>(null);

export const SidebarToggle = ({ onOpen, onShow, children }: SidebarActions & { children: ReactNode }) => (
  <SidebarContext value={{ onOpen, onShow }}>{children}</SidebarContext>
);

/** Opens the conversations: the drawer on narrow screens, the sidebar on wide ones if it is hidden. */
export const OpenSidebar = () => {
  const actions = useContext(SidebarContext);
  if (!actions) return null;
  return (
    <>
      <span className="md:hidden">
        <IconButton icon={Menu} label={t`Open conversations`} onClick={actions.onOpen} />
      </span>
      {actions.onShow && (
        <span className="hidden md:block">
          <IconButton
            icon={PanelLeft}
            label={t`Show the sidebar`}
            onClick={actions.onShow}
            className="rtl:-scale-x-100"
          />
        </span>
      )}
    </>
  );
};
