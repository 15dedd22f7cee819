import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { hotkeyOf, messageFieldName, searchFieldName } from './hotkeys.ts';

const visibleField = (name: string): HTMLElement | undefined =>
  [...document.getElementsByName(name)].find((field) => field.offsetParent !== null);

export interface HotkeyTargets {
  readonly onHelp: () => void;
  /** The search field isn't shown: on a phone it is in the drawer. */
  readonly onNoSearchField: () => void;
}

export const useHotkeys = ({ onHelp, onNoSearchField }: HotkeyTargets): void => {
  const navigate = useNavigate();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const hotkey = hotkeyOf(event);
      // An open dialog handles its own keys.
      if (!hotkey || document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      event.preventDefault();
      if (hotkey === 'help') onHelp();
      else if (hotkey === 'new-chat') void navigate('/');
      else if (hotkey === 'write') visibleField(messageFieldName)?.focus();
      else {
        const field = visibleField(searchFieldName);
        if (field) field.focus();
        else onNoSearchField();
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [navigate, onHelp, onNoSearchField]);
};
