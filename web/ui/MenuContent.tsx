import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useMemo, useRef } from 'react';
import { MenuContext, type MenuProps } from './Menu.tsx';

export interface MenuContentProps extends Omit<MenuProps, 'trigger'> {
  readonly trigger: ReactNode;
}

/** A menu with its trigger. */
export const MenuContent = ({ trigger, align = 'end', children }: MenuContentProps) => {
  const opener = useRef<HTMLButtonElement>(null);
  const selected = useRef<(() => void) | null>(null);
  const menu = useMemo(
    () => ({
      Item: DropdownMenu.Item,
      select: (action: () => void) => {
        selected.current = action;
      },
    }),
    [],
  );
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
          <MenuContext value={menu}>{children}</MenuContext>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
};
