import { Trans } from '@lingui/react/macro';
import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { focusFirstField, focusOpener } from './dialogFocus.ts';

export interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  /** The consequence of confirming. */
  readonly description: ReactNode;
  /** The label of the button that confirms. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation of an action that can't be undone. The focus starts on Cancel. */
export const Confirm = ({ open, title, description, action, onConfirm, onClose }: ConfirmProps) => (
  <AlertDialog.Root open={open} onOpenChange={(stays) => !stays && onClose()}>
    <AlertDialog.Portal>
      <AlertDialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35" />
      <AlertDialog.Content
        onOpenAutoFocus={focusFirstField}
        onCloseAutoFocus={focusOpener}
        className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-md -translate-1/2 animate-appear rounded-2xl border border-line bg-raised p-6 shadow-float"
      >
        <AlertDialog.Title className="text-lg font-semibold tracking-tight">{title}</AlertDialog.Title>
        <AlertDialog.Description className="mt-2 text-muted wrap-anywhere">
          {description}
        </AlertDialog.Description>
        <div className="mt-6 flex justify-end gap-2">
          <AlertDialog.Cancel asChild>
            <Button>
              <Trans>Cancel</Trans>
            </Button>
          </AlertDialog.Cancel>
          <AlertDialog.Action asChild>
            <Button tone="danger" onClick={onConfirm}>
              {action}
            </Button>
          </AlertDialog.Action>
        </div>
      </AlertDialog.Content>
    </AlertDialog.Portal>
  </AlertDialog.Root>
);
