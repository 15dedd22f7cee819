import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { newTemporaryPath } from '../temporary/paths.ts';
import { hotkeyOf, messageFieldName } from './hotkeys.ts';

const visibleField = (name: string): HTMLElement | undefined =>
  [...document.getElementsByName(name)].find((field) => field.offsetParent !== null);

export interface HotkeyTargets {
  readonly onHelp: () => void;
  /** Opens the command palette. */
  readonly onSearch: () => void;
}

export const useHotkeys = ({ onHelp, onSearch }: HotkeyTargets): void => {
  const navigate = useNavigate();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const hotkey = hotkeyOf(event);
      // An open dialog handles its own keys.
      if (!hotkey || document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      event.preventDefault();
      if (hotkey === 'help') onHelp();
      else if (hotkey === 'new-chat') void navigate('/');
      else if (hotkey === 'new-temporary-chat') void navigate(newTemporaryPath);
      else if (hotkey === 'write') visibleField(messageFieldName)?.focus();
      else onSearch();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [navigate, onHelp, onSearch]);
};
