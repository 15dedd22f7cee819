import type { LucideIcon } from 'lucide-react';
import type { DropdownMenu } from 'radix-ui';
import { type ComponentProps, createContext, type ReactElement, type ReactNode, useContext } from 'react';
import { onDemand } from './onDemand.ts';
import { PopupOnDemand } from './PopupOnDemand.tsx';

/** What an item needs of its open menu. */
export const MenuContext = createContext<{
  readonly Item: typeof DropdownMenu.Item;
  readonly select: (action: () => void) => void;
} | null>(null);

export interface MenuProps {
  readonly trigger: ReactElement<ComponentProps<'button'>>;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

const content = onDemand(async () => (await import('./MenuContent.tsx')).MenuContent);

/**
 * A menu whose items run after it has closed and its trigger has the focus again: a dialog that an item opens can then
 * take the focus, and returns it to the trigger. It isn't modal: Radix would hide the page from screen readers,
 * though not its fields that can have the focus.
 */
export const Menu = ({ trigger, align = 'end', children }: MenuProps) => (
  <PopupOnDemand kind="menu" popup={content} trigger={trigger}>
    {(Content, button) => (
      <Content trigger={button} align={align}>
        {children}
      </Content>
    )}
  </PopupOnDemand>
);

export interface MenuItemProps {
  readonly icon: LucideIcon;
  /** Whether the icon means a direction: it is mirrored in languages that are written from right to left. */
  readonly isDirectional?: boolean;
  readonly tone?: 'plain' | 'danger';
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export const MenuItem = ({
  icon: Icon,
  isDirectional = false,
  tone = 'plain',
  onSelect,
  children,
}: MenuItemProps) => {
  const menu = useContext(MenuContext);
  if (!menu) return null;
  return (
    <menu.Item
      onSelect={() => menu.select(onSelect)}
      className={`flex h-9 items-center gap-2.5 rounded-lg px-2.5 outline-none select-none data-highlighted:bg-hover pointer-coarse:h-11 ${tone === 'danger' ? 'text-danger' : ''}`}
    >
      <Icon
        size={16}
        strokeWidth={1.75}
        aria-hidden="true"
        className={isDirectional ? 'rtl:-scale-x-100' : undefined}
      />
      {children}
    </menu.Item>
  );
};
