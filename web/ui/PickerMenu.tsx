import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface PickerMenuProps {
  readonly trigger: ReactNode;
  /** What is chosen in the menu. */
  readonly label: string;
  /** The class of its width. */
  readonly width: string;
  readonly children: ReactNode;
}

/** A menu of choices above the composer. */
export const PickerMenu = ({ trigger, label, width, children }: PickerMenuProps) => (
  <DropdownMenu.Root modal={false}>
    <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align="start"
        side="top"
        sideOffset={6}
        collisionPadding={10}
        className={`z-50 max-h-[min(26rem,var(--radix-dropdown-menu-content-available-height))] ${width} animate-appear overflow-y-auto rounded-2xl border border-line bg-raised p-1.5 shadow-float`}
      >
        <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-muted">
          {label}
        </DropdownMenu.Label>
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
);
