import { Menu } from 'lucide-react';
import { createContext, type ReactNode, useContext } from 'react';
import { IconButton } from '../ui/IconButton.tsx';

const SidebarContext = createContext<(() => void) | null>(null);

export const SidebarToggle = ({ onOpen, children }: { onOpen: () => void; children: ReactNode }) => (
  <SidebarContext value={onOpen}>{children}</SidebarContext>
);

/** On narrow screens, where the list of conversations is a drawer. */
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
