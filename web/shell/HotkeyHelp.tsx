import { i18n, type MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Modal } from '../ui/Modal.tsx';
import { hotkeys, isMac } from './hotkeys.ts';

/** The keys whose names differ between the keyboards of languages. */
const names: Readonly<Record<string, MessageDescriptor>> = {
  Ctrl: msg({ message: 'Ctrl', comment: 'A key, as on keyboards of the language' }),
  Shift: msg({ message: 'Shift', comment: 'A key, as on keyboards of the language' }),
  Enter: msg({ message: 'Enter', comment: 'A key, as on keyboards of the language' }),
  Esc: msg({ message: 'Esc', comment: 'A key, as on keyboards of the language' }),
};

const nameOf = (key: string): string => {
  if (key === 'Mod') return isMac() ? '⌘' : nameOf('Ctrl');
  const name = names[key];
  return name ? i18n._(name) : key;
};

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
        <div key={does.id} className="flex items-center justify-between gap-6">
          <dt className="text-muted">{i18n._(does)}</dt>
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
