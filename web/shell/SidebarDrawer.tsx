import { Trans } from '@lingui/react/macro';
import { Dialog } from 'radix-ui';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

export interface SidebarDrawerProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
}

/** The list of conversations as a drawer, on narrow screens. Choosing a conversation closes it. */
export const SidebarDrawer = ({ open, onOpenChange, children }: SidebarDrawerProps) => {
  const { key } = useLocation();
  const openedAt = useRef(key);
  useEffect(() => {
    // It is mounted open: its code loads with its first use.
    if (openedAt.current === key) return;
    openedAt.current = key;
    onOpenChange(false);
  }, [key, onOpenChange]);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35 md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // Not the search field: on a phone, focusing it would open the keyboard.
            event.preventDefault();
            if (event.target instanceof HTMLElement) event.target.focus();
          }}
          className="fixed inset-y-0 start-0 z-40 w-[min(20rem,86vw)] animate-appear border-e border-line bg-surface outline-none md:hidden"
        >
          <Dialog.Title className="sr-only">
            <Trans>Conversations and pages</Trans>
          </Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
