import { t } from '@lingui/core/macro';
import { Modal } from '../ui/Modal.tsx';
import { hotkeys, isMac } from './hotkeys.ts';

const nameOf = (key: string): string => (key === 'Mod' ? (isMac() ? '⌘' : 'Ctrl') : key);

export const HotkeyHelp = ({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) => (
  <Modal open={open} onOpenChange={onOpenChange} title={t`Hotkeys`}>
    <dl className="flex flex-col gap-3">
      {hotkeys.map(({ keys, does }) => (
        <div key={does} className="flex items-center justify-between gap-6">
          <dt className="text-muted">{does}</dt>
          <dd className="flex gap-1">
            {keys.map((key) => (
              <kbd
                key={key}
                className="min-w-7 rounded-md border border-line bg-sunken px-1.5 py-0.5 text-center font-sans text-sm"
              >
                {nameOf(key)}
              </kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  </Modal>
);
