import { t } from '@lingui/core/macro';
import { type ComponentType, useEffect, useReducer, useState } from 'react';
import { useNotify } from './Notices.tsx';
import { onDemand } from './onDemand.ts';

/**
 * Takes the keys that are pressed while a dialog loads, so that they don't reach the page behind it. Returns a function that
 * stops that.
 */
const takeKeys = (onText: (change: (text: string) => string) => void, onEscape: () => void): (() => void) => {
  const take = (event: KeyboardEvent) => {
    const { key } = event;
    // Those of the browser, such as to reload, but not characters of the third level, for which Windows reports Ctrl and Alt.
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph');
    if (isShortcut || key === 'Tab' || /^F\d+$/.test(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (key === 'Escape') onEscape();
    else if (key === 'Backspace') onText((text) => [...text].slice(0, -1).join(''));
    else if ([...key].length === 1) onText((text) => text + key);
  };
  window.addEventListener('keydown', take, { capture: true });
  return () => window.removeEventListener('keydown', take, { capture: true });
};

/** Further props of a dialog; most ignore them. */
export interface LoadedDialogProps {
  /** The text that was typed while the dialog loaded. */
  readonly typed?: string;
}

/** How long the code of a dialog may take, in ms. */
const limitMs = 15_000;

interface Closable {
  readonly open: boolean;
  /** A dialog has this or `onOpenChange`. */
  readonly onClose?: () => void;
  readonly onOpenChange?: (open: boolean) => void;
}

const close = ({ onClose, onOpenChange }: Closable): void => {
  onClose?.();
  onOpenChange?.(false);
};

/**
 * Defines a dialog whose code loads when it is first opened, or before that when the browser is idle. If the code can't be
 * loaded, the dialog closes and a notice says so.
 */
export const dialogOnDemand = <Props extends Closable>(
  load: () => Promise<ComponentType<Props & LoadedDialogProps>>,
): ComponentType<Props> => {
  const dialog = onDemand(load);
  return (props) => {
    const { open } = props;
    const notify = useNotify();
    const [, renderLoaded] = useReducer((count: number) => count + 1, 0);
    // Kept after it was closed, to return the focus.
    const [wasOpened, setOpened] = useState(false);
    const [typed, setTyped] = useState('');
    if (open && !wasOpened) setOpened(true);
    // What was typed is for this time only.
    if (!open && typed !== '') setTyped('');
    const { Component } = dialog;
    // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time it is opened, whatever its other props are
    useEffect(() => {
      if (!open || Component) return;
      let isCurrent = true;
      const stopTaking = takeKeys(setTyped, () => close(props));
      const fail = () => {
        if (!isCurrent) return;
        close(props);
        notify({ text: t`This could not be loaded. Try again once the server is reachable.` });
      };
      const timer = setTimeout(fail, limitMs);
      dialog.load().then(() => isCurrent && renderLoaded(), fail);
      return () => {
        isCurrent = false;
        clearTimeout(timer);
        stopTaking();
      };
    }, [open, Component, notify]);
    return Component && wasOpened ? <Component {...props} {...(typed !== '' && { typed })} /> : null;
  };
};
