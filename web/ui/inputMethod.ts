/** Whether a key belongs to an input method. 229: Safari reports the key that ends a composition after it. */
export const isOfInputMethod = ({ isComposing, keyCode }: KeyboardEvent): boolean =>
  isComposing || keyCode === 229;

/**
 * Hides the Escape that dismisses a candidate of an input method from all dialogs, menus and editors, which would close.
 * The input method itself is not affected.
 */
export const hideInputMethodEscape = (): void => {
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && isOfInputMethod(event)) event.stopImmediatePropagation();
    },
    { capture: true },
  );
};
