import { t } from '@lingui/core/macro';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { focusFirstField, focusOpener } from './dialogFocus.ts';
import { IconButton } from './IconButton.tsx';

const widths = { narrow: 'max-w-md', wide: 'max-w-2xl' } as const;

export interface ModalProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  /** Default `narrow`. */
  readonly size?: keyof typeof widths;
  readonly children: ReactNode;
}

/** A modal dialog. It focuses its first field, keeps the focus while open, and returns it to what opened it. */
export const Modal = ({ open, onOpenChange, title, description, size = 'narrow', children }: ModalProps) => (
  <Dialog.Root open={open} onOpenChange={onOpenChange}>
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35" />
      <Dialog.Content
        {...(description ? {} : { 'aria-describedby': undefined })}
        onOpenAutoFocus={focusFirstField}
        onCloseAutoFocus={focusOpener}
        className={`fixed top-1/2 left-1/2 z-50 max-h-[85dvh] w-[calc(100vw-2rem)] ${widths[size]} -translate-1/2 animate-appear overflow-y-auto rounded-2xl border border-line bg-raised p-6 shadow-float`}
      >
        <div className="mb-5 flex items-start justify-between gap-4">
          <div>
            <Dialog.Title className="text-lg font-semibold tracking-tight">{title}</Dialog.Title>
            {description && (
              <Dialog.Description className="mt-1 text-muted">{description}</Dialog.Description>
            )}
          </div>
          <Dialog.Close asChild>
            <IconButton icon={X} label={t`Close`} className="-mt-1.5 -me-2" />
          </Dialog.Close>
        </div>
        {children}
      </Dialog.Content>
    </Dialog.Portal>
  </Dialog.Root>
);
