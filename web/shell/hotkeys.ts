import { msg } from '@lingui/core/macro';

/** The hotkeys that the help dialog lists. `Mod` is Cmd on a Mac, Ctrl elsewhere. */
export const hotkeys = [
  { keys: ['Mod', 'K'], does: msg`Search, and run an action` },
  { keys: ['Mod', 'Shift', 'O'], does: msg`New chat` },
  { keys: ['Mod', 'Shift', 'E'], does: msg`New temporary chat` },
  { keys: ['/'], does: msg`Write a message` },
  { keys: ['Enter'], does: msg`Send` },
  { keys: ['Shift', 'Enter'], does: msg`New line` },
  { keys: ['Esc'], does: msg`Stop the answer` },
  { keys: ['?'], does: msg`Show these hotkeys` },
] as const;

/** The `name` of the fields that hotkeys focus. */
export const searchFieldName = 'conversation-search';
export const messageFieldName = 'message';

export type Hotkey = 'search' | 'new-chat' | 'new-temporary-chat' | 'write' | 'help';

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement);

/** Returns the hotkey of a keyboard event, or null. Single characters count only outside of text fields. */
export const hotkeyOf = (event: KeyboardEvent): Hotkey | null => {
  if (event.isComposing || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (event.metaKey || event.ctrlKey) {
    if (key === 'k' && !event.shiftKey) return 'search';
    if (!event.shiftKey) return null;
    if (key === 'o') return 'new-chat';
    return key === 'e' ? 'new-temporary-chat' : null;
  }
  if (writes(event.target)) return null;
  if (key === '?') return 'help';
  return key === '/' ? 'write' : null;
};
