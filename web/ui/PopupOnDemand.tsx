import { t } from '@lingui/core/macro';
import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { useNotify } from './Notices.tsx';
import type { OnDemand } from './onDemand.ts';

export interface PopupOnDemandProps<Props> {
  readonly kind: 'menu' | 'dialog';
  readonly popup: OnDemand<Props>;
  /** The button that opens it. */
  readonly trigger: ReactElement<ComponentProps<'button'>>;
  /** Renders the popup with its button, once it was used. */
  readonly children: (Popup: NonNullable<OnDemand<Props>['Component']>, trigger: ReactElement) => ReactNode;
}

/**
 * A button whose popup loads with its first press: until then the button stands alone. The press is then repeated on the
 * button of the popup, so that it opens as if its code had been there.
 */
export const PopupOnDemand = <Props,>({ kind, popup, trigger, children }: PopupOnDemandProps<Props>) => {
  const button = useRef<HTMLButtonElement>(null);
  const isPressed = useRef(false);
  const [isUsed, setUsed] = useState(false);
  const notify = useNotify();
  const { Component } = popup;
  if (isUsed && Component) return children(Component, cloneElement(trigger, { ref: button }));
  const prefetch = () => void popup.load().catch(() => {});
  const press = async (key: string | null) => {
    if (isPressed.current) return;
    isPressed.current = true;
    const focused = document.activeElement;
    try {
      // Without the wait if it is there: the press then opens it at once.
      if (!popup.Component) await popup.load();
    } catch {
      notify({ text: t`This could not be loaded. Try again once the server is reachable.` });
      return;
    } finally {
      isPressed.current = false;
    }
    // The reader went on to something else, which the popup would cover.
    const isElsewhere = ![focused, button.current, document.body].includes(
      document.activeElement as HTMLElement,
    );
    if (isElsewhere || !button.current) return;
    const hadFocus = document.activeElement === button.current;
    flushSync(() => setUsed(true));
    if (hadFocus) button.current?.focus({ preventScroll: true });
    if (kind === 'dialog') button.current?.click();
    else button.current?.dispatchEvent(pressOf(key));
  };
  return cloneElement(trigger, {
    ref: button,
    'aria-haspopup': kind,
    'aria-expanded': false,
    onPointerEnter: prefetch,
    onFocus: prefetch,
    onClick: ({ detail }) => void press(detail === 0 ? 'Enter' : null),
    onKeyDown: (event: KeyboardEvent) => {
      if (kind !== 'menu' || event.key !== 'ArrowDown') return;
      event.preventDefault();
      void press(event.key);
    },
  });
};

/** The event that opens a menu: of a key, or of a pointer. */
const pressOf = (key: string | null): Event =>
  key
    ? new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    : new PointerEvent('pointerdown', { button: 0, bubbles: true, cancelable: true });
