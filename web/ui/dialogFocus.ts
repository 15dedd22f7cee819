/** Selector of the fields of a form. */
const fields =
  'input:not([type="hidden"], [type="radio"], [type="checkbox"], :disabled), textarea:not(:disabled), select:not(:disabled)';

/** What had the focus before a dialog opened, by the dialog's element. */
const openers = new WeakMap<EventTarget, Element>();

/** Focuses the first field of an opening dialog and selects its text. Without a field, the dialog's default applies. */
export const focusFirstField = (event: Event): void => {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  if (document.activeElement) openers.set(dialog, document.activeElement);
  const field = dialog.querySelector<HTMLElement>(fields);
  if (!field) return;
  event.preventDefault();
  field.focus({ preventScroll: true });
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.select();
};

/** Focuses the first field of an opening dialog, so that typing continues behind its text. */
export const focusFirstFieldAtEnd = (event: Event): void => {
  focusFirstField(event);
  const field = document.activeElement;
  if (field instanceof HTMLInputElement) field.setSelectionRange(field.value.length, field.value.length);
};

/** Returns the focus of a closing dialog to what opened it, or to the page if that is gone. */
export const focusOpener = (event: Event): void => {
  event.preventDefault();
  const opener = event.currentTarget ? openers.get(event.currentTarget) : undefined;
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body)
    opener.focus({ preventScroll: true });
  if (document.activeElement === document.body)
    document.getElementById('page')?.focus({ preventScroll: true });
};
