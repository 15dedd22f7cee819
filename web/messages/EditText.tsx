import { Trans } from '@lingui/react/macro';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import { maxMessageLength } from './messageLength.ts';

export interface EditTextProps {
  /** The accessible names of the form and of its field. */
  readonly label: string;
  readonly fieldLabel: string;
  readonly content: string;
  /** The label of the button that ends the edit. */
  readonly action: string;
  readonly isBusy: boolean;
  /** The id of the notice that says why the text can't be sent. */
  readonly reasonId?: string | undefined;
  readonly notice: ReactNode;
  readonly onSubmit: (text: string) => void;
  readonly onCancel: () => void;
}

/** A form to edit the text of a message. Escape cancels it, Ctrl or Cmd with Enter submits it. */
export const EditText = ({
  label,
  fieldLabel,
  content,
  action,
  isBusy,
  reasonId,
  notice,
  onSubmit,
  onCancel,
}: EditTextProps) => {
  const [text, setText] = useState(content);
  const canSubmit = text.trim() !== '' && text.trim() !== content.trim();
  const submit = () => {
    if (canSubmit && !isBusy) onSubmit(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event.nativeEvent)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    } else if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="rounded-2xl bg-sunken p-3"
    >
      <textarea
        aria-label={fieldLabel}
        value={text}
        dir="auto"
        // biome-ignore lint/a11y/noAutofocus: the reader just asked to edit
        autoFocus
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
        maxLength={Math.max(maxMessageLength, content.length)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-[50dvh] min-h-12 w-full resize-none rounded-lg bg-transparent px-1.5 text-base leading-relaxed outline-none"
      />
      <div className="mt-2 empty:hidden">{notice}</div>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" tone="accent" disabled={!canSubmit} busy={isBusy} aria-describedby={reasonId}>
          {action}
        </Button>
      </div>
    </form>
  );
};
