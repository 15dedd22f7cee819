import { Menu } from 'lucide-react';
import { createContext, type ReactNode, useContext } from 'react';
import { IconButton } from '../ui/IconButton.tsx';

const SidebarContext = createContext<(() => void) | null>(null);

export const SidebarToggle = ({ onOpen, children }: { onOpen: () => void; children: ReactNode }) => (
  <SidebarContext value={onOpen}>{children}</SidebarContext>
);

/** Opens the drawer with the conversations. Only on narrow screens. */
export const OpenSidebar = () => {
  const open = useContext(SidebarContext);
  return (
    open && (
      <span className="md:hidden">
        <IconButton icon={Menu} label="Open conversations" onClick={open} />
      </span>
    )
  );
};
