import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { createContext, type ReactNode, useContext, useRef } from 'react';

const SelectContext = createContext<((action: () => void) => void) | null>(null);

export interface MenuProps {
  readonly trigger: ReactNode;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

/**
 * A menu whose items run after it has closed and its trigger has the focus again: a dialog that an item opens can then
 * take the focus, and returns it to the trigger. It isn't modal: Radix would hide the page from screen readers, though not its fields
 * that can have the focus.
 */
export const Menu = ({ trigger, align = 'end', children }: MenuProps) => {
  const opener = useRef<HTMLButtonElement>(null);
  const selected = useRef<(() => void) | null>(null);
  const select = (action: () => void) => {
    selected.current = action;
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger ref={opener} asChild>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            const action = selected.current;
            selected.current = null;
            if (!action) return;
            event.preventDefault();
            opener.current?.focus({ preventScroll: true });
            action();
          }}
          className="z-50 min-w-44 animate-appear rounded-xl border border-line bg-raised p-1 shadow-float"
        >
          <SelectContext value={select}>{children}</SelectContext>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
};

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
  const select = useContext(SelectContext);
  return (
    <DropdownMenu.Item
      onSelect={() => select?.(onSelect)}
      className={`flex h-9 items-center gap-2.5 rounded-lg px-2.5 outline-none select-none data-highlighted:bg-hover pointer-coarse:h-11 ${tone === 'danger' ? 'text-danger' : ''}`}
    >
      <Icon
        size={16}
        strokeWidth={1.75}
        aria-hidden="true"
        className={isDirectional ? 'rtl:-scale-x-100' : undefined}
      />
      {children}
    </DropdownMenu.Item>
  );
};
