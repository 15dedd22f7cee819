import { messageFieldName } from '../shell/hotkeys.ts';

/** Whether a physical keyboard is likely. On a phone, focusing a field opens a keyboard that covers half of the page. */
export const hasKeyboard = (): boolean => window.matchMedia?.('(pointer: fine)').matches ?? true;

/** Focuses the message field, or the page on a touch screen, after the focused control has disappeared. */
export const focusComposer = (): void => {
  const field = [...document.getElementsByName(messageFieldName)].find(
    (element) => element.offsetParent !== null,
  );
  const target = hasKeyboard() && field ? field : document.getElementById('page');
  target?.focus({ preventScroll: true });
};
